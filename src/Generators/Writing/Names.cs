namespace EdgeBuild.Generators.Writing;

/// <summary>Full names of types that generated code uses: nothing that a project declares can stand in their way.</summary>
internal static class Names
{
    public const string Runtime = "global::EdgeBuild.Runtime.";
    public const string CancellationToken = "global::System.Threading.CancellationToken";
    public const string ValueTask = "global::System.Threading.Tasks.ValueTask";
    public const string Enumerable = "global::System.Collections.Generic.IEnumerable";
    public const string AsyncEnumerable = "global::System.Collections.Generic.IAsyncEnumerable";
    public const string List = "global::System.Collections.Generic.IReadOnlyList";
    public const string AsyncLinq = "global::System.Linq.AsyncEnumerable";
    public const string Linq = "global::System.Linq.Enumerable";
    public const string Invariant = "global::System.Globalization.CultureInfo.InvariantCulture";
    public const string ThrowIfNull = "global::System.ArgumentNullException.ThrowIfNull";
    public const string Json = "global::System.Text.Json.";

    /// <summary>Gets the attribute that marks generated types.</summary>
    public static string GeneratedCode { get; } =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"EdgeBuild\", \"{typeof(Names).Assembly.GetName().Version}\")]";
}
