using System.Globalization;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>How often a training writes a checkpoint.</summary>
public static class CheckpointInterval
{
    /// <summary>The variable that sets it, in seconds; may be a fraction. Without it, the trainer's default applies.</summary>
    public const string Variable = "EDGEBUILD_CHECKPOINT_SECONDS";

    /// <summary>Reads the variable.</summary>
    /// <returns>The interval, or null for the default.</returns>
    public static TimeSpan? FromEnvironment() =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
