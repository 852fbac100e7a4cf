using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>Looks for a GPU that can compute, and says why there is none where the app has a package for it.</summary>
internal static partial class GpuDevices
{
    /// <summary>Looks for a device.</summary>
    /// <param name="device">What the app allows; nothing is loaded when it wants the processor.</param>
    /// <param name="logger">The log; one line when a package is there, none otherwise.</param>
    /// <returns>True when there is a device.</returns>
    public static bool Find(EdgeDevice device, ILogger logger)
    {
        if (device == EdgeDevice.Cpu)
        {
            return false;
        }

        IReadOnlyList<GpuBackend> backends = GpuBackends.Load();
        string[] devices = [.. backends.SelectMany(backend => backend.Devices).Distinct()];
        if (devices.Length > 0)
        {
            LogDevices(logger, string.Join(", ", devices));
        }
        else if (backends.Count > 0)
        {
            LogProcessor(logger, string.Join(" ", backends.Select(backend => $"{backend.Library}: {backend.Problem}")));
        }

        return devices.Length > 0;
    }

    /// <summary>Says that a model does not load on the devices that were found.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="path">The model file.</param>
    /// <param name="reason">Why.</param>
    [LoggerMessage(8, LogLevel.Warning, "{Path} does not load on the GPU, so that the processor computes: {Reason}")]
    public static partial void LogNotLoaded(ILogger logger, string path, string reason);

    [LoggerMessage(6, LogLevel.Information, "The GPU computes: {Devices}")]
    private static partial void LogDevices(ILogger logger, string devices);

    [LoggerMessage(7, LogLevel.Information, "No GPU can be used, so that the processor computes. {Problems}")]
    private static partial void LogProcessor(ILogger logger, string problems);
}
