namespace EdgeBuild.Contracts.Plans;

/// <summary>The base model of a plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The absolute path of the GGUF file.</param>
/// <param name="Sha256">Its pinned SHA-256, lower-case hexadecimal.</param>
/// <param name="License">Its licence, an SPDX expression; empty when unknown.</param>
/// <param name="Source">Where it came from, for the bill of materials.</param>
public sealed record PlannedBase(string Name, string Path, string Sha256, string License, string Source);
