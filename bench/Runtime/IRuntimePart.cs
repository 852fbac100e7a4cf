namespace EdgeBuild.Benchmarks;

/// <summary>A part of the runtime's figures, which can be measured alone. Every implementation in this assembly becomes one by itself.</summary>
internal interface IRuntimePart
{
    /// <summary>Gets the name of the part on the command line.</summary>
    string Name { get; }

    /// <summary>Gets the place of the part in a run of all of them.</summary>
    int Order { get; }

    /// <summary>Measures figures and their references in turns, so that another process slows both down.</summary>
    /// <param name="subject">The model.</param>
    /// <param name="log">Receives what is being done.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The figures.</returns>
    Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken);
}
