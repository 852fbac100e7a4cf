namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class ProcessorCoresTests
{
    [TestMethod]
    public void Two_hardware_threads_of_one_core_count_once()
    {
        Dictionary<string, string> files = Machine("0-7", cpu => $"{cpu % 4},{(cpu % 4) + 4}\n");

        Assert.AreEqual(4, ProcessorCores.Count(files.GetValueOrDefault, 8));
    }

    [TestMethod]
    public void Affinity_limits_the_count()
    {
        Dictionary<string, string> files = Machine("1,3,5-6", cpu => $"{cpu}\n");

        Assert.AreEqual(4, ProcessorCores.Count(files.GetValueOrDefault, 4));
        Assert.AreEqual(2, ProcessorCores.Count(files.GetValueOrDefault, 2));
    }

    [TestMethod]
    [DataRow("150000 100000\n", 1)]
    [DataRow("200000 100000\n", 2)]
    [DataRow("50000 100000\n", 1)]
    [DataRow("max 100000\n", 8)]
    public void A_quota_is_rounded_down_to_whole_cores(string quota, int expected)
    {
        Dictionary<string, string> files = Machine("0-7", cpu => $"{cpu}\n");
        files["/proc/self/cgroup"] = "0::/apps/one\n";
        files["/sys/fs/cgroup/apps/cpu.max"] = quota;
        files["/sys/fs/cgroup/apps/one/cpu.max"] = "max 100000\n";

        Assert.AreEqual(expected, ProcessorCores.Count(files.GetValueOrDefault, 8));
    }

    [TestMethod]
    public void Without_any_topology_there_is_at_least_one_core()
    {
        Assert.AreEqual(1, ProcessorCores.Count(_ => null, 1));
        Assert.IsGreaterThanOrEqualTo(1, ProcessorCores.Available);
        Assert.IsLessThanOrEqualTo(Environment.ProcessorCount, ProcessorCores.Available);
    }

    private static Dictionary<string, string> Machine(string allowed, Func<int, string> siblings)
    {
        var files = new Dictionary<string, string> { ["/proc/self/status"] = $"Name:\tapp\nCpus_allowed_list:\t{allowed}\n" };
        for (int cpu = 0; cpu < 8; cpu++)
        {
            files[$"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"] = siblings(cpu);
        }

        return files;
    }
}
