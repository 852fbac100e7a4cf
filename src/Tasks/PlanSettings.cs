namespace EdgeBuild.Tasks;

/// <summary>What the properties of a project say about planning.</summary>
/// <param name="CacheDirectory">The absolute path of the cache.</param>
/// <param name="Offline">Whether nothing may be fetched.</param>
/// <param name="MaxTrainingMinutes">The longest training; 0 for no limit.</param>
/// <param name="Threads">The number of threads; 0 chooses by the machine.</param>
/// <param name="MaxMemory">The memory that a training may take, in bytes; 0 for that of the machine.</param>
/// <param name="CacheLimit">The size to which the cache is pruned after a training, in bytes; 0 for no limit.</param>
internal sealed record PlanSettings(string CacheDirectory, bool Offline, double MaxTrainingMinutes, int Threads, long MaxMemory, long CacheLimit);
