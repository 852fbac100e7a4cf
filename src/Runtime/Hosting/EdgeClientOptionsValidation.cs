using Microsoft.Extensions.Options;

namespace EdgeBuild.Runtime.Hosting;

/// <summary>Finds what is wrong with options when the app starts, and not in its first call.</summary>
internal sealed class EdgeClientOptionsValidation : IValidateOptions<EdgeClientOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EdgeClientOptions options)
    {
        var failures = new List<string>();
        Require(options.RequiredPrecision is >= 0 and <= 1, $"RequiredPrecision is {options.RequiredPrecision}. Give a share from 0 to 1, for example 0.95.");
        Require(options.Threads is null or > 0, $"Threads is {options.Threads}. Give a number above 0, or null for the number of cores.");
        Require(options.RowsPerBatch > 0, $"RowsPerBatch is {options.RowsPerBatch}. Give a number above 0.");
        Require(options.AdapterMemoryLimit > 0, $"AdapterMemoryLimit is {options.AdapterMemoryLimit}. Give a number of bytes above 0.");
        Require(options.ModelPath is null || File.Exists(options.ModelPath), $"There is no file '{options.ModelPath}' (ModelPath). Deploy the edge folder with the app, or correct the path.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Select(failure => $"Options of {name}: {failure}"));

        void Require(bool condition, string failure)
        {
            if (!condition)
            {
                failures.Add(failure);
            }
        }
    }
}
