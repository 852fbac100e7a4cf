namespace EdgeBuild.Training.Tests;

[TestClass]
public sealed class MachineMemoryTests
{
    private const long Mebibyte = 1 << 20;

    [TestMethod]
    public void Without_a_limit_it_is_the_machine()
    {
        using var folder = new TemporaryFolder();
        Machine(folder);
        Write(folder, "proc/self/cgroup", "0::/user/session\n");
        Write(folder, "sys/fs/cgroup/user/session/memory.max", "max\n");

        Assert.AreEqual(new MachineMemory(16000 * Mebibyte, 4100 * Mebibyte), MachineMemory.Read(folder.Path, 100 * Mebibyte));
    }

    [TestMethod]
    public void A_limit_of_a_group_above_counts_and_files_that_were_read_are_free()
    {
        using var folder = new TemporaryFolder();
        Machine(folder);
        Write(folder, "proc/self/cgroup", "0::/pod/app\n");
        Write(folder, "sys/fs/cgroup/pod/app/memory.max", "max\n");
        Write(folder, "sys/fs/cgroup/pod/memory.max", $"{2000 * Mebibyte}\n");
        Write(folder, "sys/fs/cgroup/pod/memory.current", $"{1500 * Mebibyte}\n");
        Write(folder, "sys/fs/cgroup/pod/memory.stat", $"anon 1\ninactive_file {600 * Mebibyte}\nactive_file 7\n");

        Assert.AreEqual(new MachineMemory(2000 * Mebibyte, 1200 * Mebibyte), MachineMemory.Read(folder.Path, 100 * Mebibyte));
    }

    [TestMethod]
    public void A_container_of_the_first_version_whose_path_is_that_of_the_host_counts()
    {
        using var folder = new TemporaryFolder();
        Machine(folder);
        Write(folder, "proc/self/cgroup", "5:cpuset:/\n4:memory:/docker/0123\n");
        Write(folder, "sys/fs/cgroup/memory/memory.limit_in_bytes", $"{1000 * Mebibyte}\n");
        Write(folder, "sys/fs/cgroup/memory/memory.usage_in_bytes", $"{400 * Mebibyte}\n");

        Assert.AreEqual(new MachineMemory(1000 * Mebibyte, 700 * Mebibyte), MachineMemory.Read(folder.Path, 100 * Mebibyte));
    }

    [TestMethod]
    public void A_limit_of_the_user_bounds_both_figures_and_none_changes_nothing()
    {
        var machine = new MachineMemory(1000, 400);

        Assert.AreEqual(new MachineMemory(600, 400), machine.Within(600));
        Assert.AreEqual(new MachineMemory(300, 300), machine.Within(300));
        Assert.AreEqual(machine, machine.Within(0));
        Assert.AreEqual(machine, machine.Within(5000));
    }

    [TestMethod]
    public void This_machine_has_memory()
    {
        MachineMemory machine = MachineMemory.Measure();

        Assert.IsGreaterThan(Environment.WorkingSet, machine.Total);
        Assert.IsGreaterThan(0, machine.Available);
        Assert.IsLessThanOrEqualTo(machine.Total, machine.Available);
    }

    private static void Machine(TemporaryFolder folder) =>
        Write(folder, "proc/meminfo", $"MemTotal:       {16000 * 1024} kB\nMemFree:  1 kB\nMemAvailable:   {4000 * 1024} kB\n");

    private static void Write(TemporaryFolder folder, string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
