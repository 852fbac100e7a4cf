using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>Splits rows over processors. Every row is computed alone, so the split does not change a result.</summary>
internal static class ParallelRows
{
    /// <summary>Below this many values a second thread costs more than it saves.</summary>
    private const long ValuesPerTask = 1 << 15;
    private static readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = ProcessorCores.Available };

    /// <summary>Runs an action over ranges of rows.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="valuesPerRow">A measure of the work of a row.</param>
    /// <param name="action">Receives the first row and the row after the last.</param>
    public static void Run(int rows, long valuesPerRow, Action<int, int> action)
    {
        int rowsPerTask = (int)Math.Max(1, ValuesPerTask / Math.Max(1, valuesPerRow));
        if (rows <= rowsPerTask || _options.MaxDegreeOfParallelism == 1)
        {
            action(0, rows);
            return;
        }

        // A few ranges for each processor, so that one that is busy with something else gets fewer.
        rowsPerTask = Math.Max(rowsPerTask, (rows + (4 * _options.MaxDegreeOfParallelism) - 1) / (4 * _options.MaxDegreeOfParallelism));
        int tasks = (rows + rowsPerTask - 1) / rowsPerTask;
        Share(tasks, task => action(task * rowsPerTask, Math.Min(rows, (task + 1) * rowsPerTask)));
    }

    /// <summary>Runs an action for each item.</summary>
    /// <param name="items">The number of items, each of which is worth a thread.</param>
    /// <param name="action">Receives the item.</param>
    public static void RunItems(int items, Action<int> action)
    {
        if (items == 1 || _options.MaxDegreeOfParallelism == 1)
        {
            for (int item = 0; item < items; item++)
            {
                action(item);
            }

            return;
        }

        Share(items, action);
    }

    private static void Share(int items, Action<int> action)
    {
        if (!OpenMpTeam.IsAvailable)
        {
            Parallel.For(0, items, _options, action);
            return;
        }

        int last = -1;
        OpenMpTeam.Run(Math.Min(items, _options.MaxDegreeOfParallelism), () =>
        {
            for (int item = Interlocked.Increment(ref last); item < items; item = Interlocked.Increment(ref last))
            {
                action(item);
            }
        });
    }
}
