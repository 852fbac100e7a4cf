namespace EdgeBuild.Worker.Acquisition;

/// <summary>A base that is on this machine now.</summary>
/// <param name="Path">Its GGUF file.</param>
/// <param name="License">What its origin says about its licence; empty when it says nothing.</param>
internal sealed record FetchedBase(string Path, string License);
