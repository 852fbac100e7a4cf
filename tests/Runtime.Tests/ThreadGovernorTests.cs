namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class ThreadGovernorTests
{
    [TestMethod]
    public void An_idle_machine_keeps_all_threads_whatever_the_batch_sizes_are()
    {
        var governor = new ThreadGovernor(4);
        for (int i = 0; i < 200; i++)
        {
            int tokens = (i % 7 * 30) + 1;
            Observe(governor, tokens, TimeSpan.FromMilliseconds(10 + tokens));
            Assert.AreEqual(4, governor.Threads);
        }
    }

    [TestMethod]
    public void A_busy_machine_gets_a_thread_back_and_is_asked_again_later()
    {
        var governor = new ThreadGovernor(4);
        var idle = TimeSpan.FromMilliseconds(50);
        var busy = TimeSpan.FromMilliseconds(500);
        Observe(governor, 50, idle);
        Observe(governor, 50, busy);
        Observe(governor, 50, busy);
        Assert.AreEqual(4, governor.Threads);
        Observe(governor, 50, busy);
        Assert.AreEqual(3, governor.Threads);

        int first = StepsUntilAllThreads(governor);
        Observe(governor, 50, busy);
        Assert.AreEqual(3, governor.Threads);
        int second = StepsUntilAllThreads(governor);
        Assert.AreEqual(first * 2, second);

        Observe(governor, 50, idle);
        Assert.AreEqual(4, governor.Threads);
        Observe(governor, 50, busy);
        Assert.AreEqual(4, governor.Threads);
    }

    [TestMethod]
    public void One_core_stays_one_thread()
    {
        var governor = new ThreadGovernor(1);
        for (int i = 0; i < 20; i++)
        {
            Observe(governor, 10, TimeSpan.FromMilliseconds(i < 5 ? 1 : 1000));
            Assert.AreEqual(1, governor.Threads);
        }
    }

    [TestMethod]
    public void A_machine_that_is_busy_from_the_first_step_on_gets_a_thread_back()
    {
        var governor = new ThreadGovernor(4);
        for (int step = 0; step < 2; step++)
        {
            Assert.AreEqual(4, governor.Threads);
            governor.Observe(50, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(700));
        }

        Assert.AreEqual(3, governor.Threads);
    }

    [TestMethod]
    public void Large_batches_do_not_make_small_ones_look_slow()
    {
        var governor = new ThreadGovernor(4);
        Observe(governor, 500, TimeSpan.FromMilliseconds(500));
        for (int i = 0; i < 20; i++)
        {
            Observe(governor, 8, TimeSpan.FromMilliseconds(80));
            Assert.AreEqual(4, governor.Threads);
        }
    }

    // A step whose threads had their processors for themselves.
    private static void Observe(ThreadGovernor governor, int tokens, TimeSpan elapsed) => governor.Observe(tokens, elapsed, elapsed * 4);

    private static int StepsUntilAllThreads(ThreadGovernor governor)
    {
        int steps = 0;
        while (governor.Threads < 4)
        {
            Observe(governor, 50, TimeSpan.FromMilliseconds(80));
            steps++;
            Assert.IsLessThan(10_000, steps);
        }

        return steps;
    }
}
