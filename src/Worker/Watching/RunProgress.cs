namespace EdgeBuild.Worker.Watching;

/// <summary>What a run says of itself while it goes on.</summary>
/// <param name="Name">The model or adapter.</param>
/// <param name="AdapterKey">The key of the training, whose metrics lie beside its checkpoints; empty for a plain model.</param>
/// <param name="Machine">The machine that it runs on.</param>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Percent">How much of the run is done, 0 to 100.</param>
/// <param name="SecondsLeft">The seconds until its end, or null when unknown.</param>
/// <param name="Text">What is being done.</param>
public sealed record RunProgress(string Name, string AdapterKey, string Machine, int ProcessId, double Percent, double? SecondsLeft, string Text);
