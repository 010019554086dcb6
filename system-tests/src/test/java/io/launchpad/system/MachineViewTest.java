// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.Execute.RequestLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
            Settings.NONE
                .with(
                    "runtime.python.interpreter",
                    Installation.runtimes().resolve("python-ml/bin/python"))
                .with("resource-pool.default.session-memory", "3GiB")
                .with("resource-pool.small.session-memory", "1GiB")
                .with("resource-pool.small.memory", "512MiB")
                .with("resource-pool.small.session-cpus", "0.5"));
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
          meminfo       | "memory = dict(line.split(':') for line in open('/proc/meminfo')); answer = [int(memory[n].split()[0]) for n in ('MemTotal', 'MemAvailable')] == [3 << 20] * 2"
          pages         | "import os; answer = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') == 3 << 30 >= os.sysconf('SC_AVPHYS_PAGES') * 4096"
          low-level     | "import os; f = os.open('/proc/meminfo', os.O_RDONLY); answer = os.read(f, 30).split()[1] == b'3145728' and not os.get_inheritable(f)"
          sysinfo       | "import ctypes; info = (ctypes.c_ulong * 16)(); ctypes.CDLL(None).sysinfo(info); answer = info[4] == 3 << 30"
          stat          | "import time; lines = open('/proc/stat').read().split('\\n'); answer = lines[0].startswith('cpu ') and 0 < int(next(l for l in lines if l.startswith('btime')).split()[1]) < time.time()"
          itself        | "import os; answer = int(open('/proc/self/stat').read().split()[0]) == os.getpid() and os.path.exists('/proc/self/smaps')"
          programs      | "import subprocess; answer = 'MemTotal' in subprocess.run(['cat', '/proc/meminfo'], capture_output=True, text=True, check=True).stdout"
          free          | "import subprocess; answer = subprocess.run('read x kib y < /proc/meminfo; echo $kib', shell=True, capture_output=True, text=True).stdout == '3145728\\n'"
          openmp        | "import threadpoolctl, sklearn.cluster, numpy, os; sklearn.cluster.KMeans(2, n_init=1).fit(numpy.random.rand(50, 2)); answer = all(0 < p['num_threads'] <= len(os.sched_getaffinity(0)) for p in threadpoolctl.threadpool_info())"
          executor      | "import concurrent.futures, math; pool = concurrent.futures.ProcessPoolExecutor(2); answer = list(pool.map(math.sqrt, [4, 9])) == [2, 3]; pool.shutdown()"
          forkserver    | "import multiprocessing, math; pool = multiprocessing.get_context('forkserver').Pool(2); answer = pool.map(math.sqrt, [4, 9]) == [2, 3]; pool.terminate()"
          event loop    | "import asyncio\nasync def run():\n  p = await asyncio.create_subprocess_exec('echo', 'x', stdout=-1)\n  return (await p.communicate())[0] == b'x\\n'\nanswer = asyncio.run(run())"
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

  /// Quotas of a resource pool, the smaller of a session's and of all.
  @Test
  void script_findsTheShareOfItsResourcePool() {
    var request =
        Engine.request(
                """
                import multiprocessing, os, joblib, pyarrow
                total = int(open('/proc/meminfo').readline().split()[1]) << 10
                print(total, os.cpu_count(), multiprocessing.cpu_count(), joblib.cpu_count(), pyarrow.cpu_count())
                """)
            .resourcePool("small")
            .build();
    assertEquals((512L << 20) + " 1 1 1 1\n", engine.run(request).success().printed());
  }

  @Test
  void script_findsTheMemoryThatItsRequestAskedFor() {
    var limits = new RequestLimits(256 << 20, 0, 0, 0, 0, 0);
    var request =
        Engine.request("import os; print(os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE'))")
            .limits(limits)
            .build();
    assertEquals((256 << 20) + "\n", engine.run(request).success().printed());
  }
}
