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

        var examples = new ExampleBuilder(vocabularyModel.Vocabulary, prompts);
        TrainedAdapter adapter = await new AdapterStage(plan, _cache, progress).RunAsync(
            rows, examples, _expectedTimePerRow * (rows.Test.Count + (2 * baseRows.Count)), cancellationToken);

        using PendingEntry entry = ArtifactCache.Begin(directory);
        string modelPath = entry.PathOf(ModelFileName);
        progress.BeginPhase($"quantizing ({plan.Quantization})", 84);
        EdgeManifest draft = Manifest(prompts, format, [], [], adapter, plan.Quantization);
        QuantizationRun.Result quantized = await new QuantizationRun(
            plan, adapter.Path, progress, (path, measured, text) => EvaluateAsync(path, draft, measured, text, cancellationToken))
            .RunAsync(modelPath, examples.Build(rows.Train), BaseEvaluation.Sample(rows.Validation), baseRows, cancellationToken);
        var file = new EdgeManifestFile
        {
            Name = ModelFileName,
            Sha256 = FileHash.Sha256(modelPath, cancellationToken),
            Size = new FileInfo(modelPath).Length,
        };
        EdgeManifest manifest = Manifest(prompts, format, [file], [], adapter, quantized.File.Quantization);

        progress.BeginPhase("evaluating the file that ships", 92);
        IReadOnlyList<OutputEvaluation> shipped = await EvaluateAsync(modelPath, manifest, rows.Test, "evaluating the file that ships", cancellationToken);
        progress.BeginPhase("evaluating the untuned base", 99);
        IReadOnlyList<OutputEvaluation> untuned = await new BaseEvaluation(_cache, plan, prompts)
            .GetAsync(() => EvaluateAsync(plan.Base.Path, manifest, baseRows, "evaluating the untuned base", cancellationToken));

        progress.BeginPhase("writing the artifact", 100);
        Manifest(prompts, format, [file], shipped, adapter, quantized.File.Quantization).Save(entry.PathOf(plan.Model + EdgeManifest.FileNameSuffix));
        await File.WriteAllTextAsync(entry.PathOf(LockFile.FileName), LockFragment(prompts, file.Sha256, shipped, untuned, quantized.Unquantized).ToText(), CancellationToken.None);
        EvaluationRecord record = Record(file, quantized, rows, examples, adapter, shipped, untuned);
        record.Write(entry.Directory);
        EvaluationRecord? previous = plan.LastModelKey.Length > 0 && plan.LastModelKey != plan.ModelKey ? EvaluationRecord.Read(_cache.ModelDirectory(plan.LastModelKey)) : null;
        ReportFile.Write(entry.PathOf(ReportFile.FileName), plan, rows, record, previous);
        foreach (OutputEvaluation evaluation in shipped)
        {
            progress.Message(Summary(evaluation, untuned, previous));
        }

        IReadOnlyList<Diagnostic> failures = new GateCheck(plan, previous, quantized.Unquantized).Check(shipped);
        if (failures.Count > 0)
        {
            string report = KeepFailed(entry);
            foreach (Diagnostic failure in failures)
            {
                progress.Diagnostic(failure with { Message = failure.Message + $" Report: {report}" });
            }

            return false;
        }

        entry.Commit();
        progress.Message($"{plan.Model}: report {new Uri(Path.Combine(directory, ReportFile.FileName))}");
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

    private static LockedMetric Metric(
        OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned, IReadOnlyList<OutputEvaluation>? unquantized, string rowsHash) => new()
    {
        Accuracy = evaluation.Accuracy,
        MacroF1 = evaluation.MacroF1,
        Rows = evaluation.Rows,
        BaseAccuracy = evaluation.In(untuned)!.Accuracy,
        RowsHash = rowsHash,
        QuantizationLoss = unquantized is null ? null : QuantizationLoss.Of(evaluation.In(unquantized)!, evaluation),
    };

    private string Summary(OutputEvaluation evaluation, IReadOnlyList<OutputEvaluation> untuned, EvaluationRecord? previous)
    {
        WilsonInterval interval = WilsonInterval.Of(evaluation.Correct, evaluation.Rows);
        OutputEvaluation before = evaluation.In(untuned)!;
        string overlap = evaluation.Text is { } text ? string.Create(CultureInfo.InvariantCulture, $", ROUGE-L {text.RougeL:0.000}, chrF {text.Chrf:0.000} (untuned base {before.Text!.RougeL:0.000}, {before.Text.Chrf:0.000})") : string.Empty;
        string change = previous is not null && evaluation.In(previous.Shipped) is { } last && PairedComparison.Of(evaluation.Outcomes, last.Outcomes) is { Rows: > 0 } pairs
            ? string.Create(CultureInfo.InvariantCulture, $", {pairs.Difference:+0.0 %;-0.0 %;±0} against the last version ({pairs.Gained} rows gained, {pairs.Lost} lost)")
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model}: {evaluation.Prompt}/{evaluation.Output} {evaluation.Accuracy:P1} right on {evaluation.Rows} test rows ({interval.Low:P1} to {interval.High:P1}), untuned base {before.Accuracy:P1} of {before.Rows}{overlap}{change}");
    }

    private bool IsMeasuredOnTheseRows(string directory)
    {
        string path = Path.Combine(directory, LockFile.FileName);
        LockFile fragment = LockFile.Parse(path, File.ReadAllText(path));
        return plan.Prompts.All(prompt => fragment.Metrics
            .Where(metric => metric.Key.StartsWith(prompt.Name + "/", StringComparison.Ordinal))
            .All(metric => metric.Value.RowsHash == prompt.TestRowsHash && (plan.Gates.MaxQuantizationLoss is null || metric.Value.QuantizationLoss is not null)));
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

    private EdgeManifest Manifest(
        TrainedPrompt[] prompts,
        ChatFormat format,
        IReadOnlyList<EdgeManifestFile> files,
        IReadOnlyList<OutputEvaluation> shipped,
        TrainedAdapter adapter,
        string quantization) => new()
        {
            Model = plan.Model,
            Files = files,
            Base = new EdgeManifestBase { Name = plan.Base.Name, Sha256 = plan.Base.Sha256, License = plan.Base.License, Source = plan.Base.Source },
            ChatFormat = format.Id,
            LlamaCpp = LlamaCppRelease.Version,
            Prompts = [.. prompts.Select(prompt => new EdgeManifestPrompt { Name = prompt.Name, Hash = prompt.Compiled.Hash, Labels = prompt.Labels.ByOutput })],
            Metrics =
            [
                .. shipped.Select(evaluation => new EdgeManifestMetric
                {
                    Prompt = evaluation.Prompt,
                    Output = evaluation.Output,
                    Rows = evaluation.Rows,
                    Values = Figures(evaluation),
                }),
            ],
            Provenance = new Dictionary<string, string>(adapter.Facts.Concat(GgufProvenance.Facts(plan, quantization, adapter.Path)))
            {
                ["adapterKey"] = plan.AdapterKey,
                ["modelKey"] = plan.ModelKey,
                ["quantization"] = quantization,
                ["edgebuild"] = EdgeBuildVersion.Current,
            },
        };

    private static Dictionary<string, double> Figures(OutputEvaluation evaluation)
    {
        var figures = new Dictionary<string, double>
        {
            ["accuracy"] = evaluation.Accuracy,
            ["macroF1"] = evaluation.MacroF1,
            ["calibrationError"] = evaluation.CalibrationError,
        };
        if (evaluation.Text is { } text)
        {
            figures["rougeL"] = text.RougeL;
            figures["chrf"] = text.Chrf;
        }

        return figures;
    }

    private LockFile LockFragment(
        TrainedPrompt[] prompts,
        string sha256,
        IReadOnlyList<OutputEvaluation> shipped,
        IReadOnlyList<OutputEvaluation> untuned,
        IReadOnlyList<OutputEvaluation>? unquantized)
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
                fragment.Metrics[LockFile.OutputKey(prompt.Name, evaluation.Output)] = Metric(evaluation, untuned, unquantized, prompt.Planned.TestRowsHash);
            }
        }

        return fragment;
    }

    private EvaluationRecord Record(
        EdgeManifestFile file,
        QuantizationRun.Result quantized,
        RowSet rows,
        ExampleBuilder examples,
        TrainedAdapter adapter,
        IReadOnlyList<OutputEvaluation> shipped,
        IReadOnlyList<OutputEvaluation> untuned) => new()
        {
            Model = plan.Model,
            ModelKey = plan.ModelKey,
            Time = DateTimeOffset.UtcNow,
            File = quantized.File,
            Size = file.Size,
            Shipped = shipped,
            Others =
            [
                new EvaluationSet(EvaluationSet.Base, untuned),
                .. quantized.Unquantized is { } exact ? (EvaluationSet[])[new EvaluationSet(EvaluationSet.Unquantized, exact)] : [],
            ],
            Trials = quantized.Trials,
            AnswerTokens = rows.Test.GroupBy(row => row.Prompt.Name).ToDictionary(
                group => group.Key, group => examples.Build(group).Average(example => example.CompletionTokens.Length)),
            Losses = adapter.Losses.Count > 0 ? adapter.Losses : MetricsLog.ReadLosses(_cache.AdapterDirectory(plan.AdapterKey)),
            Suspects = adapter.Suspects,
            Facts =
            [
                .. adapter.Facts,
                new("Base", $"{plan.Base.Name}, {plan.Base.License}, SHA-256 {plan.Base.Sha256}"),
                new("Quantization", quantized.File.Describe()),
                new("Runtime", $"llama.cpp {LlamaCppRelease.Version}"),
                new("Model", $"{plan.Model}.gguf, {file.Size / 1e6:0.0} MB, SHA-256 {file.Sha256}"),
                new("Keys", $"adapter {plan.AdapterKey}, model {plan.ModelKey}"),
                new("EdgeBuild", EdgeBuildVersion.Current),
            ],
            HeldBackTestRows = rows.HeldBackTest,
        };

    /// <summary>Keeps the report and the figures of a model that does not ship, so that both can be looked at.</summary>
    private string KeepFailed(PendingEntry entry)
    {
        string name = $"{plan.Model}.{plan.ModelKey[..Math.Min(12, plan.ModelKey.Length)]}";
        string directory = Path.Combine(plan.CacheDirectory, "failed", name);
        Directory.CreateDirectory(directory);
        foreach (string file in new[] { ReportFile.FileName, EvaluationRecord.FileName })
        {
            File.Copy(entry.PathOf(file), Path.Combine(directory, file), overwrite: true);
        }

        return Path.Combine(directory, ReportFile.FileName);
    }
}
