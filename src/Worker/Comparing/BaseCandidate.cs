using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Acquisition;

namespace EdgeBuild.Worker.Comparing;

/// <summary>A base that a project might use in place of its own.</summary>
/// <param name="Reference">How the user named it.</param>
/// <param name="Plan">The plan of the project's model on that base.</param>
public sealed record BaseCandidate(string Reference, TrainingPlan Plan)
{
    /// <summary>Brings a base onto this machine and plans the model on it.</summary>
    /// <param name="model">The plan of the project's model.</param>
    /// <param name="reference">A path, <c>hf:…</c> or <c>nuget:…</c>.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The candidate.</returns>
    /// <exception cref="EdgeBuildException">The base cannot be had, or is none.</exception>
    public static async Task<BaseCandidate> GetAsync(TrainingPlan model, string reference, ProgressReporter progress, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(reference);
        string source = path;
        if (BaseSource.IsRemote(reference))
        {
            (BaseSource found, FetchedBase fetched) = await new BaseAcquisition(Environment.CurrentDirectory, model.Offline, progress).FetchAsync(reference, string.Empty, cancellationToken);
            (path, source) = (fetched.Path, found.ToString());
        }
        else if (!File.Exists(path))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, $"The base '{reference}' does not exist. Use {BaseSource.DescribeForms()}.", reference);
        }

        GgufValidator.Validate(path, requireSupportedArchitecture: true);
        string sha256 = FileHash.Sha256(path, cancellationToken);
        return new BaseCandidate(reference, OnBase(model, new PlannedBase(Path.GetFileNameWithoutExtension(path), path, sha256, BaseAcquisition.LicenseOf(path), source)));
    }

    /// <summary>The same rows, prompts and recipe on another base. No gate: a comparison has no loser to stop.</summary>
    private static TrainingPlan OnBase(TrainingPlan model, PlannedBase candidate)
    {
        using var adapter = new ContentKey();
        using var whole = new ContentKey();
        string adapterKey = adapter.Add("candidate base", candidate.Sha256).Add("adapter", model.AdapterKey).Finish();
        string quantization = QuantizationNames.KeepsBase(model.Quantization) ? "Q8_0" : model.Quantization;
        return model with
        {
            Kind = ArtifactKind.MergedModel,
            Model = model.Name,
            Adapter = string.Empty,
            PlainModelKey = string.Empty,
            AdapterKey = adapterKey,
            ModelKey = whole.Add("candidate adapter", adapterKey).Add("quantization", quantization).Add("model", model.ModelKey).Finish(),
            ParentAdapterKey = string.Empty,
            LastModelKey = string.Empty,
            LastAccuracy = new Dictionary<string, double>(),
            Quantization = quantization,
            Base = candidate,
            Gates = new PlannedGates(null, 1),
        };
    }
}
