using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Acquisition;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Runs a plan: base → rows → adapter → quantized file → evaluation → cache entry.</summary>
/// <param name="plan">The plan.</param>
/// <param name="progress">Receives progress and messages.</param>
public sealed class PlanRun(TrainingPlan plan, ProgressReporter progress)
{
    private static readonly TimeSpan _abandonedAge = TimeSpan.FromHours(24);

    // Only for the time left that is shown while training; the real time is measured.
    private static readonly TimeSpan _expectedTimePerRow = TimeSpan.FromMilliseconds(100);

    private readonly ArtifactCache _cache = new(plan.CacheDirectory);
    private bool _waits;

    private string FailedReportName => $"{plan.FileStem}.{plan.ModelKey[..Math.Min(12, plan.ModelKey.Length)]}.report.html";

    /// <summary>Makes the artifact, or finds it in the cache.</summary>
    /// <param name="cancellationToken">Ends the run; the cache keeps no half result.</param>
    /// <returns>False when a gate is not reached; the reasons are written then.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _cache.RemoveAbandonedEntries(_abandonedAge);
        CacheOwners.Record(plan, FailedReportName);
        using IDisposable keyLock = await _cache.LockAsync(plan.AdapterKey.Length > 0 ? plan.AdapterKey : plan.ModelKey, ReportWait, cancellationToken);
        string directory = _cache.ModelDirectory(plan.ModelKey);
        if (ArtifactCache.IsComplete(directory) && IsMeasuredOnTheseRows(directory))
        {
            ArtifactCache.MarkUsed(directory);
            return true;
        }

        progress.BeginPhase("checking the base model", 2);
        QuantizeStage.CheckName(plan);
        plan = plan with { Base = await new BaseAcquisition(Environment.CurrentDirectory, plan.Offline, progress).GetAsync(plan.Base, cancellationToken) };
        BaseModelFile.Verify(plan.Base, cancellationToken);
        using LlamaModel vocabularyModel = LlamaModel.Load(plan.Base.Path, new LlamaModelOptions { VocabularyOnly = true, Validate = false }, cancellationToken);
        ChatFormat format = ChatFormat.Detect(vocabularyModel.GetMetadata("tokenizer.chat_template")) ?? throw new EdgeBuildException(
            ErrorCodes.UnknownChatFormat,
            "The base model has no chat template of a known family (ChatML, Llama 3, Gemma, Phi). Use an instruction-tuned model of one of these.",
            plan.Base.Path);
        TrainedPrompt[] prompts = [.. plan.Prompts.Select(planned => TrainedPrompt.Load(planned, format))];
        var parts = new ManifestParts(plan, prompts, format);
        if (plan.Kind == ArtifactKind.PlainModel)
        {
            WritePlainModel(directory, parts, prompts, cancellationToken);
            return true;
        }

        IShippedArtifact artifact = plan.Kind == ArtifactKind.Adapter ? new LoadableAdapter(plan, parts, _cache) : new MergedModel(plan, parts, prompts);
        return await TrainAsync(artifact, parts, directory, prompts, vocabularyModel.Vocabulary, cancellationToken);
    }

    private void WritePlainModel(string directory, ManifestParts parts, TrainedPrompt[] prompts, CancellationToken cancellationToken)
    {
        using PendingEntry entry = ArtifactCache.Begin(directory);
        progress.BeginPhase($"writing the plain model ({plan.Quantization})", 100);
        string path = entry.PathOf(plan.FileStem + ArtifactFiles.ModelSuffix);
        QuantizeStage.RunPlain(plan, path, cancellationToken);
        EdgeManifestFile file = ManifestParts.Describe(path, cancellationToken);
        parts.Model(file, parts.Prompts, [], [], parts.Provenance(null)).Save(entry.PathOf(plan.FileStem + ArtifactFiles.ManifestSuffix));
        var fragment = new LockFile();
        LockFragment.AddModel(fragment, plan, file.Sha256, prompts);
        File.WriteAllText(entry.PathOf(LockFile.FileName), fragment.ToText());
        WriteNotice(entry);
        entry.Commit();
    }

    /// <summary>An adapter ships with the plain model, which has the notice.</summary>
    private void WriteNotice(PendingEntry entry)
    {
        if (plan.Kind != ArtifactKind.Adapter)
        {
            var notice = new BaseNotice(plan.Base);
            File.WriteAllText(entry.PathOf(plan.FileStem + ArtifactFiles.NoticeSuffix), notice.ToText(plan.Model));
            if (notice.TakeDuty(plan.CacheDirectory) is { } duty)
            {
                progress.Message($"{plan.Name}: {duty}");
            }
        }
    }

    private async Task<bool> TrainAsync(
        IShippedArtifact artifact, ManifestParts parts, string directory, TrainedPrompt[] prompts, LlamaVocabulary vocabulary, CancellationToken cancellationToken)
    {
        if (plan.Kind == ArtifactKind.MergedModel && BaseTypePrecision.Check(plan) is { } warning)
        {
            progress.Diagnostic(warning);
        }

        RowSet rows = RowSet.Load(prompts, plan.Recipe.Seed, plan.Recipe.ValidationSplit);
        IReadOnlyList<LabelledRow> baseRows = BaseEvaluation.Sample(rows.Test);
        IReadOnlyList<LabelledRow> calibrationRows = BaseEvaluation.Sample(rows.Validation, BaseEvaluation.MostCalibrationRows);
        TrainedAdapter adapter = await new AdapterStage(plan, _cache, progress).RunAsync(
            rows, new ExampleBuilder(vocabulary, prompts), _expectedTimePerRow * (calibrationRows.Count + rows.Test.Count + (2 * baseRows.Count)), cancellationToken);

        using PendingEntry entry = ArtifactCache.Begin(directory);
        progress.BeginPhase(plan.Kind == ArtifactKind.Adapter ? "writing the adapter" : $"quantizing ({plan.Quantization})", 84);
        string types = artifact.Write(entry, adapter, cancellationToken);

        progress.BeginPhase("calibrating probabilities", 90);
        parts.Confidence = await CalibrateAsync(artifact.Measured(), calibrationRows, cancellationToken);
        progress.BeginPhase("evaluating the file that ships", 92);
        MeasuredModel measured = artifact.Measured();
        IReadOnlyList<OutputEvaluation> shipped = await EvaluateAsync(measured, rows.Test, "evaluating the file that ships", cancellationToken);
        progress.BeginPhase("evaluating the untuned base", 99);
        EdgeManifest untunedManifest = new() { Model = plan.Model, ChatFormat = measured.Manifest.ChatFormat, Prompts = parts.Prompts };
        IReadOnlyList<OutputEvaluation> untuned = await new BaseEvaluation(_cache, plan, prompts)
            .GetAsync(() => EvaluateAsync(new MeasuredModel(plan.Base.Path, untunedManifest), baseRows, "evaluating the untuned base", cancellationToken));

        progress.BeginPhase("writing the artifact", 100);
        artifact.Manifest(shipped).Save(entry.PathOf(plan.FileStem + ArtifactFiles.ManifestSuffix));
        var fragment = new LockFile();
        artifact.Pin(fragment);
        LockFragment.AddMetrics(fragment, plan, shipped, untuned);
        await File.WriteAllTextAsync(entry.PathOf(LockFile.FileName), fragment.ToText(), CancellationToken.None);
        await WriteReportAsync(entry.PathOf("report.html"), rows, adapter, types, shipped, untuned);
        foreach (OutputEvaluation evaluation in shipped)
        {
            progress.Message(Summary(evaluation, untuned));
        }

        IReadOnlyList<Diagnostic> failures = GateCheck.Check(plan, shipped);
        if (failures.Count > 0)
        {
            string report = KeepFailedReport(entry.PathOf("report.html"));
            foreach (Diagnostic failure in failures)
            {
                progress.Diagnostic(failure with { Message = failure.Message + $" Report: {report}" });
            }

            return false;
        }

        WriteNotice(entry);
        entry.Commit();
        return true;
    }

    private void ReportWait()
    {
        if (!_waits)
        {
            _waits = true;
            progress.Message($"{plan.Name}: waiting for another build that makes the same model");
        }

        progress.Report(0, null, "waiting for another build that makes the same model");
    }

    private string Summary(OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned)
    {
        WilsonInterval interval = WilsonInterval.Of(evaluation.Correct, evaluation.Rows);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Name}: {evaluation.Prompt}/{evaluation.Output} {evaluation.Accuracy:P1} right on {evaluation.Rows} test rows ({interval.Low:P1} to {interval.High:P1}), untuned base {evaluation.SameIn(untuned).Accuracy:P1} of {evaluation.SameIn(untuned).Rows}");
    }

    private bool IsMeasuredOnTheseRows(string directory)
    {
        string path = Path.Combine(directory, LockFile.FileName);
        LockFile fragment = LockFile.Parse(path, File.ReadAllText(path));
        return plan.Prompts.All(prompt => fragment.Metrics
            .Where(metric => metric.Key.StartsWith(plan.MetricKey(prompt.Name, string.Empty), StringComparison.Ordinal))
            .All(metric => metric.Value.RowsHash == prompt.TestRowsHash));
    }

    private Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(
        MeasuredModel model, IReadOnlyList<LabelledRow> rows, string text, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        return ModelEvaluator.EvaluateAsync(
            model,
            rows,
            plan.Threads > 0 ? plan.Threads : null,
            share => progress.Report(share, share > 0 ? watch.Elapsed * ((1 - share) / share) : null, $"{text}, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken);
    }

    private async Task<ConfidenceFit> CalibrateAsync(MeasuredModel model, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken) =>
        ConfidenceFit.Of(await ModelEvaluator.AnswerAsync(
            model,
            rows,
            plan.Threads > 0 ? plan.Threads : null,
            keepHiddenStates: true,
            share => progress.Report(share, null, $"calibrating probabilities, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken));

    private async Task WriteReportAsync(
        string path, RowSet rows, TrainedAdapter adapter, string types, IReadOnlyList<OutputEvaluation> shipped, IReadOnlyList<OutputEvaluation> untuned)
    {
        // Several prompts may have their columns in one file, and then a line is a row of each of them.
        var texts = rows.Test.Concat(rows.Train).DistinctBy(row => (row.File, row.Line)).ToDictionary(row => (row.File, row.Line), row => string.Join(" · ", row.Inputs));
        var content = new ReportContent
        {
            Plan = plan,
            Shipped = shipped,
            Base = untuned,
            Losses = adapter.Losses,
            Suspects = adapter.Suspects,
            Facts =
            [
                .. adapter.Facts,
                new("Base", $"{plan.Base.Name}, {plan.Base.License}, SHA-256 {plan.Base.Sha256}"),
                new("Quantization", $"{plan.Quantization}: {types}"),
                new("Runtime", $"llama.cpp {LlamaCppRelease.Version}"),
                new("Keys", $"adapter {plan.AdapterKey}, model {plan.ModelKey}"),
            ],
            RowText = (file, line) => texts.GetValueOrDefault((file, line), string.Empty),
            HeldBackTestRows = rows.HeldBackTest,
        };
        await File.WriteAllTextAsync(path, HtmlReport.Write(content), CancellationToken.None);
    }

    private string KeepFailedReport(string path)
    {
        string directory = Path.Combine(plan.CacheDirectory, "failed");
        Directory.CreateDirectory(directory);
        string kept = Path.Combine(directory, FailedReportName);
        File.Copy(path, kept, overwrite: true);
        return kept;
    }
}
