namespace EdgeBuild.LlamaCpp;

/// <summary>Splits the rows of a matrix over the processors. Every row is computed alone, so the split does not change a result.</summary>
internal static class RowTasks
{
    private static int Threads => ProcessorCores.Limit ?? Environment.ProcessorCount;

    public static void Run(long rowCount, long rowLength, long valuesPerTask, Action<long, long> action, CancellationToken cancellationToken = default)
    {
        long rowsPerTask = Math.Max(1, valuesPerTask / rowLength);
        if (rowCount <= rowsPerTask || Threads == 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            action(0, rowCount);
            return;
        }

        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Threads };
        long taskCount = (rowCount + rowsPerTask - 1) / rowsPerTask;
        Parallel.For(0, taskCount, options, index =>
        {
            long first = index * rowsPerTask;
            action(first, Math.Min(rowsPerTask, rowCount - first));
        });
    }
}
