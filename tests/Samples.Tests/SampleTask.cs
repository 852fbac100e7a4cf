using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;

namespace EdgeBuild.Samples.Tests;

/// <summary>A prompt of a sample with the rows of one adapter, read by the validator that a build reads them with.</summary>
internal sealed class SampleTask
{
    public SampleTask(Sample sample, PromptDocument prompt, string adapter, IReadOnlyList<PlannedDataset> datasets)
    {
        Sample = sample;
        Prompt = prompt;
        Adapter = adapter;
        List<SampleRow> training = [];
        List<SampleRow> test = [];
        Dictionary<string, IReadOnlyList<string>> locked = prompt.Outputs
            .Where(output => sample.LockFile?.Labels.ContainsKey(Contracts.Locking.LockFile.OutputKey(prompt.Name, output.Name)) == true)
            .ToDictionary(output => output.Name, output => sample.LockFile!.Labels[Contracts.Locking.LockFile.OutputKey(prompt.Name, output.Name)]);
        Validation = DatasetValidator.Validate(prompt, datasets, locked, row => (row.Split == DatasetSplits.Test ? test : training).Add(new SampleRow(row)));
        Training = training;
        Test = test;
    }

    public Sample Sample { get; }

    public PromptDocument Prompt { get; }

    /// <summary>Gets the adapter that the rows train; empty for the model itself.</summary>
    public string Adapter { get; }

    public DatasetValidation Validation { get; }

    /// <summary>Gets the rows that are trained on, those of a Validation file among them.</summary>
    public IReadOnlyList<SampleRow> Training { get; }

    public IReadOnlyList<SampleRow> Test { get; }

    /// <summary>Gets the names of all tasks of all samples, for tests that run once for each.</summary>
    public static IEnumerable<string> Names => Sample.All.SelectMany(sample => sample.Tasks).Select(task => task.ToString());

    public static SampleTask Named(string name) => Sample.All.SelectMany(sample => sample.Tasks).Single(task => task.ToString() == name);

    public override string ToString() => $"{Sample.Name} {Contracts.Locking.LockFile.MetricKey(Adapter, Prompt.Name, string.Empty).TrimEnd('/')}";
}
