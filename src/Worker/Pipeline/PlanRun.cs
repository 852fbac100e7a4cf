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
using EdgeBuild.Worker.Watching;

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

    private string FailedName => $"{plan.FileStem}.{plan.ModelKey[..Math.Min(12, plan.ModelKey.Length)]}";

    /// <summary>Makes the artifact, or finds it in the cache.</summary>
    /// <param name="cancellationToken">Ends the run; the cache keeps no half result.</param>
    /// <returns>False when a gate is not reached; the reasons are written then.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _cache.RemoveAbandonedEntries(_abandonedAge);
        CacheOwners.Record(plan, FailedName);
        using var told = RunFile.Start(plan, progress);
        using IDisposable keyLock = await _cache.LockAsync(plan.AdapterKey.Length > 0 ? plan.AdapterKey : plan.ModelKey, ReportWait, cancellationToken);
        string directory = _cache.ModelDirectory(plan.ModelKey);
        if (ArtifactCache.IsComplete(directory) && new PlannedFigures(plan, ReadFragment(directory)).AreComplete)
        {
            ArtifactCache.MarkUsed(directory);
            TellFound(directory);
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
        progress.Headline($"{plan.Name}: writing the plain model ({plan.Quantization}), which its adapters are loaded onto");
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
                progress.Headline($"{plan.Name}: {duty}");
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
        var examples = new ExampleBuilder(vocabulary, prompts);
        TrainedAdapter adapter = await new AdapterStage(plan, _cache, progress).RunAsync(
            rows, examples, _expectedTimePerRow * (calibrationRows.Count + rows.Test.Count + (2 * baseRows.Count)), cancellationToken);

        using PendingEntry entry = ArtifactCache.Begin(directory);
        progress.BeginPhase(plan.Kind == ArtifactKind.Adapter ? "writing the adapter" : $"quantizing ({plan.Quantization})", 84);
        var untunedManifest = new EdgeManifest { Model = plan.Model, ChatFormat = parts.ChatFormat, Prompts = parts.Prompts };
        var quantization = new QuantizationRows(
            examples.Build(rows.Train),
            BaseEvaluation.Sample(rows.Validation),
            baseRows,
            (path, some, text) => EvaluateAsync(new MeasuredModel(path, untunedManifest), some, text, cancellationToken),
            HeadRefitStage.Rows(rows, examples),
            (path, some, text) => AnswerAsync(new MeasuredModel(path, untunedManifest), some, text, cancellationToken),
            progress.Message);
        QuantizationRun.Result made = await artifact.WriteAsync(entry, adapter, quantization, cancellationToken);

        progress.BeginPhase("calibrating probabilities", 90);
        IReadOnlyList<PromptAnswers> validated = await AnswerAsync(artifact.Measured(), calibrationRows, "calibrating probabilities", cancellationToken);
        parts.Confidence = ConfidenceFit.Of(validated);
        progress.BeginPhase("evaluating the file that ships", 92);
        MeasuredModel measured = artifact.Measured();
        IReadOnlyList<OutputEvaluation> shipped = await EvaluateAsync(measured, rows.Test, "evaluating the file that ships", cancellationToken);
        progress.BeginPhase("evaluating the untuned base", 99);
        IReadOnlyList<OutputEvaluation> untuned = await new BaseEvaluation(_cache, plan, prompts)
            .GetAsync(() => EvaluateAsync(
                new MeasuredModel(plan.Base.Path, untunedManifest) { MostTokens = AnswerLimit.Of(examples, baseRows) }, baseRows, "evaluating the untuned base", cancellationToken));

        progress.BeginPhase("writing the artifact", 100);
        EdgeManifest manifest = artifact.Manifest(shipped);
        manifest.Save(entry.PathOf(plan.FileStem + ArtifactFiles.ManifestSuffix));
        var fragment = new LockFile();
        artifact.Pin(fragment);
        LockFragment.AddMetrics(fragment, plan, shipped, untuned, made.Unquantized);
        await File.WriteAllTextAsync(entry.PathOf(LockFile.FileName), fragment.ToText(), CancellationToken.None);
        EvaluationRecord record = new RunRecord(plan, _cache).Of(
            measured with { Manifest = manifest }, made, rows, examples, adapter, ModelEvaluator.Compare(measured, validated), shipped, untuned);
        record.Write(entry.Directory);
        EvaluationRecord? previous = EvaluationRecord.ReadPrevious(_cache, plan);
        ReportFile.Write(entry.PathOf(ReportFile.FileName), plan, rows, record, previous);
        foreach (OutputEvaluation evaluation in shipped)
        {
            progress.Message(Summary(evaluation, untuned, previous));
        }

        progress.Headline($"{plan.Name}: {FiguresLine.Of(fragment)}");

        IReadOnlyList<Diagnostic> failures = new GateCheck(plan, previous, made.Unquantized).Check(shipped);
        if (failures.Count > 0)
        {
            string report = KeepFailed(entry);
            foreach (Diagnostic failure in failures)
            {
                progress.Diagnostic(failure with { Message = failure.Message + $" Report: {report}" });
            }

            return false;
        }

        WriteNotice(entry);
        progress.KeepWarnings(entry.Directory);
        entry.Commit();
        progress.Headline($"{plan.Name}: report {new Uri(Path.Combine(directory, ReportFile.FileName))}");
        return true;
    }

    /// <summary>What another build has made while this one waited for it.</summary>
    private void TellFound(string directory)
    {
        progress.RepeatWarnings(directory);
        if (FiguresLine.Of(ReadFragment(directory)) is { } figures)
        {
            progress.Headline($"{plan.Name}: {figures}");
        }

        string report = Path.Combine(directory, ReportFile.FileName);
        if (File.Exists(report))
        {
            progress.Headline($"{plan.Name}: report {new Uri(report)}");
        }
    }

    private void ReportWait()
    {
        if (!_waits)
        {
            _waits = true;
            progress.Headline($"{plan.Name}: waiting for another build that makes the same model");
        }

        progress.Report(0, null, "waiting for another build that makes the same model");
    }

    private string Summary(OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned, EvaluationRecord? previous)
    {
        WilsonInterval interval = WilsonInterval.Of(evaluation.Correct, evaluation.Rows);
        OutputEvaluation before = evaluation.In(untuned)!;
        string overlap = evaluation.Text is { } text
            ? string.Create(CultureInfo.InvariantCulture, $", ROUGE-L {text.RougeL:0.000}, chrF {text.Chrf:0.000} (untuned base {before.Text!.RougeL:0.000}, {before.Text.Chrf:0.000})")
            : string.Empty;
        string change = previous is not null && evaluation.In(previous.Shipped) is { } last ? Change(evaluation, last) : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Name}: {evaluation.Prompt}/{evaluation.Output} {evaluation.Accuracy:P1} right on {evaluation.Rows} test rows ({interval.Low:P1} to {interval.High:P1}), untuned base {before.Accuracy:P1} of {before.Rows}{overlap}{change}");
    }

    private static string Change(OutputEvaluation evaluation, OutputEvaluation last)
    {
        if (evaluation.Kind == OutputKind.Text)
        {
            return TextComparison.Of(evaluation.Outcomes, last.Outcomes) is { Rows: > 0 } texts
                ? string.Create(CultureInfo.InvariantCulture, $", chrF {texts.Chrf:+0.000;-0.000;±0} against the last version")
                : string.Empty;
        }

        return PairedComparison.Of(evaluation.Outcomes, last.Outcomes) is { Rows: > 0 } pairs
            ? string.Create(CultureInfo.InvariantCulture, $", {pairs.Difference:+0.0 %;-0.0 %;±0} against the last version ({pairs.Gained} rows gained, {pairs.Lost} lost)")
            : string.Empty;
    }

    private static LockFile ReadFragment(string directory)
    {
        string path = Path.Combine(directory, LockFile.FileName);
        return LockFile.Parse(path, File.ReadAllText(path));
    }

    private Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(
        MeasuredModel model, IReadOnlyList<LabelledRow> rows, string text, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        return ModelEvaluator.EvaluateAsync(
            model,
            rows,
            plan.ThreadLimit,
            share => progress.Report(share, share > 0 ? watch.Elapsed * ((1 - share) / share) : null, $"{text}, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken);
    }

    private Task<IReadOnlyList<PromptAnswers>> AnswerAsync(MeasuredModel model, IReadOnlyList<LabelledRow> rows, string text, CancellationToken cancellationToken) =>
        ModelEvaluator.AnswerAsync(
            model,
            rows,
            plan.ThreadLimit,
            keepHiddenStates: true,
            share => progress.Report(share, null, $"{text}, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken);

    /// <summary>Keeps the report and the figures of a model that does not ship, so that both can be looked at.</summary>
    private string KeepFailed(PendingEntry entry)
    {
        string directory = Path.Combine(plan.CacheDirectory, "failed", FailedName);
        Directory.CreateDirectory(directory);
        foreach (string file in new[] { ReportFile.FileName, EvaluationRecord.FileName })
        {
            File.Copy(entry.PathOf(file), Path.Combine(directory, file), overwrite: true);
        }

        return Path.Combine(directory, ReportFile.FileName);
    }
}
