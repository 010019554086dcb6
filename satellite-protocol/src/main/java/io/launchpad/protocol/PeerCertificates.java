// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// What the certificates of a TLS session say.
final class PeerCertificates {
  private PeerCertificates() {}

  /// The client's binding: to the certificate the server has shown.
  static Bytes binding(SSLSession session) {
    try {
      return binding(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException e) {
      throw ProtocolException.of(
          ErrorCode.AUTHENTICATION_FAILED, "the server has shown no certificate");
    }
  }

  /// The server's binding: to its own certificate.
  static Bytes localBinding(SSLSession session) {
    return binding(session.getLocalCertificates());
  }

  private static Bytes binding(Certificate[] chain) {
    try {
      return SharedSecret.binding(chain[0].getEncoded());
    } catch (CertificateEncodingException e) {
      throw ProtocolException.of(
          ErrorCode.AUTHENTICATION_FAILED, "the server's certificate cannot be read");
    }
  }

  /// The subject of the certificate that the peer has shown and that was verified.
  static Optional<String> subject(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(certificate.getSubjectX500Principal().getName())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
