using System.CommandLine;

namespace EdgeBuild.Benchmarks;

/// <summary>One verb of the program. Every implementation in this assembly with a parameterless constructor becomes a verb by itself.</summary>
internal interface IBenchmark
{
    /// <summary>Gets the verb, in lower case.</summary>
    string Verb { get; }

    /// <summary>Gets what is measured, one sentence.</summary>
    string Description { get; }

    /// <summary>Gets the name of the path arguments, for example <c>MODEL.gguf</c>, or null when there are none.</summary>
    string? PathName { get; }

    /// <summary>Gets a value indicating whether the process needs the environment in which the worker trains.</summary>
    bool Trains { get; }

    /// <summary>Gets the options of the verb.</summary>
    IReadOnlyList<Option> Options => [];

    /// <summary>Takes the values of <see cref="Options"/>.</summary>
    /// <param name="parsed">The command line.</param>
    void Use(ParseResult parsed)
    {
    }

    /// <summary>Measures figures and their references in this run.</summary>
    /// <param name="paths">The path arguments; may be empty.</param>
    /// <param name="log">Receives what is being done.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The figures.</returns>
    Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken);
}
