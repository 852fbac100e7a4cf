using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
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

    /// <summary>Gets the file name of a model's artifact.</summary>
    private string ModelFileName => plan.Model + ".gguf";

    /// <summary>Makes the artifact, or finds it in the cache.</summary>
    /// <param name="cancellationToken">Ends the run; the cache keeps no half result.</param>
    /// <returns>False when a gate is not reached; the reasons are written then.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _cache.RemoveAbandonedEntries(_abandonedAge);
        using IDisposable keyLock = await _cache.LockAsync(plan.AdapterKey, ReportWait, cancellationToken);
        string directory = _cache.ModelDirectory(plan.ModelKey);
        if (ArtifactCache.IsComplete(directory) && IsMeasuredOnTheseRows(directory))
        {
            return true;
        }

        progress.BeginPhase("checking the base model", 2);
        QuantizeStage.CheckName(plan);
        BaseModelFile.Verify(plan.Base, cancellationToken);
        if (BaseTypePrecision.Check(plan) is { } warning)
        {
            progress.Diagnostic(warning);
        }

        using LlamaModel vocabularyModel = LlamaModel.Load(plan.Base.Path, new LlamaModelOptions { VocabularyOnly = true, Validate = false }, cancellationToken);
        ChatFormat format = ChatFormat.Detect(vocabularyModel.GetMetadata("tokenizer.chat_template")) ?? throw new EdgeBuildException(
            ErrorCodes.UnknownChatFormat,
            "The base model has no chat template of a known family (ChatML, Llama 3, Gemma, Phi). Use an instruction-tuned model of one of these.",
            plan.Base.Path);
        TrainedPrompt[] prompts = [.. plan.Prompts.Select(planned => TrainedPrompt.Load(planned, format))];
        RowSet rows = RowSet.Load(prompts, plan.Recipe.Seed, plan.Recipe.ValidationSplit);
        IReadOnlyList<LabelledRow> baseRows = BaseEvaluation.Sample(rows.Test);
        IReadOnlyList<LabelledRow> calibrationRows = BaseEvaluation.Sample(rows.Validation, BaseEvaluation.MostCalibrationRows);

        TrainedAdapter adapter = await new AdapterStage(plan, _cache, progress).RunAsync(
            rows, new ExampleBuilder(vocabularyModel.Vocabulary, prompts), _expectedTimePerRow * (calibrationRows.Count + rows.Test.Count + (2 * baseRows.Count)), cancellationToken);

        using PendingEntry entry = ArtifactCache.Begin(directory);
        string modelPath = entry.PathOf(ModelFileName);
        progress.BeginPhase($"quantizing ({plan.Quantization})", 84);
        string types = QuantizeStage.Run(plan, adapter.Path, modelPath, cancellationToken);
        var file = new EdgeManifestFile
        {
            Name = ModelFileName,
            Sha256 = FileHash.Sha256(modelPath, cancellationToken),
            Size = new FileInfo(modelPath).Length,
        };
        EdgeManifest manifest = Manifest(prompts, format, file, [], adapter, null);
        progress.BeginPhase("calibrating probabilities", 90);
        ConfidenceFit confidence = await CalibrateAsync(modelPath, manifest, calibrationRows, cancellationToken);

        progress.BeginPhase("evaluating the file that ships", 92);
        EdgeManifest calibrated = Manifest(prompts, format, file, [], adapter, confidence);
        IReadOnlyList<OutputEvaluation> shipped = await EvaluateAsync(modelPath, calibrated, rows.Test, "evaluating the file that ships", cancellationToken);
        progress.BeginPhase("evaluating the untuned base", 99);
        IReadOnlyList<OutputEvaluation> untuned = await new BaseEvaluation(_cache, plan, prompts)
            .GetAsync(() => EvaluateAsync(plan.Base.Path, manifest, baseRows, "evaluating the untuned base", cancellationToken));

        progress.BeginPhase("writing the artifact", 100);
        Manifest(prompts, format, file, shipped, adapter, confidence).Save(entry.PathOf(plan.Model + EdgeManifest.FileNameSuffix));
        await File.WriteAllTextAsync(entry.PathOf(LockFile.FileName), LockFragment(prompts, file.Sha256, shipped, untuned).ToText(), CancellationToken.None);
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

        entry.Commit();
        return true;
    }

    private void ReportWait()
    {
        if (!_waits)
        {
            _waits = true;
            progress.Message($"{plan.Model}: waiting for another build that makes the same model");
        }

        progress.Report(0, null, "waiting for another build that makes the same model");
    }

    private static LockedMetric Metric(OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned, string rowsHash) => new()
    {
        Accuracy = evaluation.Accuracy,
        MacroF1 = evaluation.MacroF1,
        Rows = evaluation.Rows,
        BaseAccuracy = Same(untuned, evaluation).Accuracy,
        RowsHash = rowsHash,
    };

    private static OutputEvaluation Same(IReadOnlyList<OutputEvaluation> others, OutputEvaluation evaluation) =>
        others.First(other => other.Prompt == evaluation.Prompt && other.Output == evaluation.Output);

    private string Summary(OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned)
    {
        WilsonInterval interval = WilsonInterval.Of(evaluation.Correct, evaluation.Rows);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model}: {evaluation.Prompt}/{evaluation.Output} {evaluation.Accuracy:P1} right on {evaluation.Rows} test rows ({interval.Low:P1} to {interval.High:P1}), untuned base {Same(untuned, evaluation).Accuracy:P1} of {Same(untuned, evaluation).Rows}");
    }

    private bool IsMeasuredOnTheseRows(string directory)
    {
        string path = Path.Combine(directory, LockFile.FileName);
        LockFile fragment = LockFile.Parse(path, File.ReadAllText(path));
        return plan.Prompts.All(prompt => fragment.Metrics
            .Where(metric => metric.Key.StartsWith(prompt.Name + "/", StringComparison.Ordinal))
            .All(metric => metric.Value.RowsHash == prompt.TestRowsHash));
    }

    private Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(
        string modelPath, EdgeManifest manifest, IReadOnlyList<LabelledRow> rows, string text, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        return ModelEvaluator.EvaluateAsync(
            modelPath,
            manifest,
            rows,
            plan.Threads > 0 ? plan.Threads : null,
            share => progress.Report(share, share > 0 ? watch.Elapsed * ((1 - share) / share) : null, $"{text}, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken);
    }

    private async Task<ConfidenceFit> CalibrateAsync(
        string modelPath, EdgeManifest manifest, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken) =>
        ConfidenceFit.Of(await ModelEvaluator.AnswerAsync(
            modelPath,
            manifest,
            rows,
            plan.Threads > 0 ? plan.Threads : null,
            keepHiddenStates: true,
            share => progress.Report(share, null, $"calibrating probabilities, {share * rows.Count:0} of {rows.Count} rows"),
            cancellationToken));

    private EdgeManifest Manifest(
        TrainedPrompt[] prompts,
        ChatFormat format,
        EdgeManifestFile file,
        IReadOnlyList<OutputEvaluation> shipped,
        TrainedAdapter adapter,
        ConfidenceFit? confidence) => new()
        {
            Model = plan.Model,
            Files = [file],
            Base = new EdgeManifestBase { Name = plan.Base.Name, Sha256 = plan.Base.Sha256, License = plan.Base.License, Source = plan.Base.Source },
            ChatFormat = format.Id,
            LlamaCpp = LlamaCppRelease.Version,
            Prompts =
            [
                .. prompts.Select(prompt => new EdgeManifestPrompt { Name = prompt.Name, Hash = prompt.Compiled.Hash, Labels = prompt.Labels.ByOutput })
                    .Select(entry => confidence?.AddTo(entry, shipped) ?? entry),
            ],
            Metrics =
            [
                .. shipped.Select(evaluation => new EdgeManifestMetric
                {
                    Prompt = evaluation.Prompt,
                    Output = evaluation.Output,
                    Rows = evaluation.Rows,
                    Values = new Dictionary<string, double>
                    {
                        ["accuracy"] = evaluation.Accuracy,
                        ["macroF1"] = evaluation.MacroF1,
                        ["calibrationError"] = evaluation.CalibrationError,
                    },
                }),
            ],
            Provenance = new Dictionary<string, string>(adapter.Facts)
            {
                ["adapterKey"] = plan.AdapterKey,
                ["modelKey"] = plan.ModelKey,
                ["quantization"] = plan.Quantization,
            },
        };

    private LockFile LockFragment(TrainedPrompt[] prompts, string sha256, IReadOnlyList<OutputEvaluation> shipped, IReadOnlyList<OutputEvaluation> untuned)
    {
        var fragment = new LockFile();
        fragment.Models[plan.Model] = new LockedModel
        {
            ModelKey = plan.ModelKey,
            AdapterKey = plan.AdapterKey,
            Sha256 = sha256,
            Quantization = plan.Quantization,
            Base = plan.Base.Name,
            BaseSha256 = plan.Base.Sha256,
            License = plan.Base.License,
        };
        foreach (TrainedPrompt prompt in prompts)
        {
            fragment.Prompts[prompt.Name] = prompt.Compiled.Hash;
            foreach (PromptOutput output in prompt.Document.Outputs.Where(output => output.IsLabelled && output.Kind == PromptValueKind.String))
            {
                fragment.Labels[LockFile.OutputKey(prompt.Name, output.Name)] = prompt.Labels[output.Name];
            }

            foreach (OutputEvaluation evaluation in shipped.Where(evaluation => evaluation.Prompt == prompt.Name))
            {
                fragment.Metrics[LockFile.OutputKey(prompt.Name, evaluation.Output)] = Metric(evaluation, untuned, prompt.Planned.TestRowsHash);
            }
        }

        return fragment;
    }

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
        string kept = Path.Combine(directory, $"{plan.Model}.{plan.ModelKey[..12]}.report.html");
        File.Copy(path, kept, overwrite: true);
        return kept;
    }
}
