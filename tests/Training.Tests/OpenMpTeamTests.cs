namespace EdgeBuild.Training.Tests;

/// <summary>Kernels on libtorch's own threads.</summary>
[TestClass]
public sealed class OpenMpTeamTests
{
    [TestInitialize]
    public void Load() => LibTorch.Load();

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Libtorch_for_Linux_has_a_team() => Assert.IsTrue(OpenMpTeam.IsAvailable);

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Every_thread_works_once_and_the_caller_is_one_of_them()
    {
        int caller = Environment.CurrentManagedThreadId;
        var threads = new System.Collections.Concurrent.ConcurrentBag<int>();
        using var all = new Barrier(3);
        OpenMpTeam.Run(3, () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            all.SignalAndWait();
        });

        Assert.HasCount(3, threads.Distinct());
        Assert.Contains(caller, threads);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void An_exception_reaches_the_caller_when_all_have_ended()
    {
        int ended = 0;
        Assert.ThrowsExactly<InvalidOperationException>(() => OpenMpTeam.Run(2, () =>
        {
            if (Interlocked.Increment(ref ended) == 2)
            {
                throw new InvalidOperationException();
            }
        }));
        Assert.AreEqual(2, ended);
    }

    [TestMethod]
    public void Every_item_and_row_is_done_once_whatever_their_number()
    {
        foreach (int count in (int[])[1, 2, 7, 100, 1000])
        {
            var items = new int[count];
            ParallelRows.RunItems(count, item => Interlocked.Increment(ref items[item]));
            ParallelRows.Run(count, 1 << 14, (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    Interlocked.Increment(ref items[row]);
                }
            });
            Assert.IsTrue(items.All(value => value == 2));
        }
    }

    [TestMethod]
    public void Garbage_is_collected_while_kernels_run()
    {
        long sum = 0;
        for (int round = 0; round < 50; round++)
        {
            ParallelRows.RunItems(64, item =>
            {
                if (item % 16 == 0)
                {
                    GC.Collect();
                }

                Interlocked.Add(ref sum, new byte[item + 1].Length);
            });
        }

        Assert.AreEqual(50L * 64 * 65 / 2, sum);
    }
}
