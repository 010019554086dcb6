// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The machine as a confined script sees it: what libraries do with processors, memory, processes,
/// files and clocks works as anywhere, within its share.
final class MachineViewTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service =
        ServiceUnderTest.start(
            Settings.NONE.with(
                "runtime.python.interpreter",
                Installation.runtimes().resolve("python-ml/bin/python")));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          processors    | "import os, multiprocessing; n = len(os.sched_getaffinity(0)); answer = os.cpu_count() == multiprocessing.cpu_count() == os.sysconf('SC_NPROCESSORS_ONLN') == n"
          cpuinfo       | "import os; answer = open('/proc/cpuinfo').read().count('processor') == len(os.sched_getaffinity(0))"
          meminfo       | "total = dict(line.split(':') for line in open('/proc/meminfo'))['MemTotal']; answer = int(total.split()[0]) > 1000"
          stat          | "import time; lines = open('/proc/stat').read().split('\\n'); answer = lines[0].startswith('cpu ') and 0 < int(next(l for l in lines if l.startswith('btime')).split()[1]) < time.time()"
          itself        | "import os; answer = int(open('/proc/self/stat').read().split()[0]) == os.getpid() and os.path.exists('/proc/self/smaps')"
          programs      | "import subprocess; answer = 'MemTotal' in subprocess.run(['cat', '/proc/meminfo'], capture_output=True, text=True, check=True).stdout"
          subprocess    | "import subprocess; answer = subprocess.run('echo $HOME | tr a-z A-Z; exit 3', shell=True, capture_output=True, text=True); answer = (answer.stdout, answer.returncode) == ('/SESSION/WORK\\n', 3)"
          blas          | "import numpy; a = numpy.random.rand(600, 600); answer = bool(numpy.allclose(a @ numpy.linalg.inv(a), numpy.eye(600), atol=1e-6))"
          arrow         | "import pyarrow, os; answer = pyarrow.cpu_count() == len(os.sched_getaffinity(0)); pandas.DataFrame({'a': [1]}).to_parquet('x.parquet'); answer = answer and pandas.read_parquet('x.parquet').a[0] == 1"
          fork          | "import multiprocessing; answer = multiprocessing.get_context('fork').Pool(2).map(abs, [-1, 2]) == [1, 2]"
          spawn         | "import multiprocessing, math; pool = multiprocessing.get_context('spawn').Pool(2); answer = pool.map(math.sqrt, [4, 9]) == [2, 3]; pool.terminate()"
          shared memory | "from multiprocessing import shared_memory; m = shared_memory.SharedMemory(create=True, size=1000); answer = m.size >= 1000; m.close(); m.unlink()"
          loky          | "import warnings; warnings.simplefilter('error'); import joblib, math; answer = joblib.Parallel(n_jobs=2)(joblib.delayed(math.sqrt)(i * i) for i in range(4)) == [0, 1, 2, 3]"
          sklearn       | "import warnings; warnings.simplefilter('error'); from sklearn.ensemble import RandomForestClassifier as Forest; import numpy; x = numpy.random.rand(200, 3); y = x[:, 0] > .5; answer = Forest(20, n_jobs=2).fit(x, y).score(x, y) > .9"
          tempfile      | "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x'); answer = f.name.startswith('/session/tmp/') and tempfile.gettempdir() == '/session/tmp'"
          sqlite        | "import sqlite3; c = sqlite3.connect('x.db'); c.execute('create table t(a)'); c.execute('insert into t values (1)'); c.commit(); answer = c.execute('select a from t').fetchall() == [(1,)]"
          matplotlib    | "import io, matplotlib.pyplot as plot; figure = plot.figure(); plot.plot([1, 2]); b = io.BytesIO(); figure.savefig(b); answer = b.getvalue()[:4] == b'\\x89PNG'"
          threads       | "import threading; done = []; threads = [threading.Thread(target=done.append, args=(i,)) for i in range(50)]; [t.start() for t in threads]; [t.join() for t in threads]; answer = len(done) == 50"
          asyncio       | "import asyncio; answer = asyncio.run(asyncio.wait_for(asyncio.to_thread(lambda: True), 10))"
          account       | "import getpass, os, pwd; answer = getpass.getuser() == pwd.getpwuid(os.getuid()).pw_name and os.path.expanduser('~') == '/session/work'"
          """)
  void script_findsItsShare(String what, String script) {
    assertEquals("True", engine.run(script + "\nprint(answer, end='')").success().printed(), what);
  }
}
