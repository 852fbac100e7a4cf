using EdgeBuild.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace EdgeBuild.Editor.Tests;

/// <summary>A test of the usage analyzer and one of its fixes on code that calls the sample's client.</summary>
/// <typeparam name="TFix">The fix.</typeparam>
internal sealed class UsageTest<TFix> : CSharpCodeFixTest<ClientUsageAnalyzer, TFix, DefaultVerifier>
    where TFix : CodeFixProvider, new()
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using TicketTriage;

        """;

    private UsageTest(string code, string fixedCode, bool isProgram)
    {
        // The fix of one place, and of one file, is what is tested; more would only repeat it.
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck;

        // The references of this test run: nothing is fetched.
        ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        TestState.AdditionalReferences.AddRange(SampleClient.References);
        TestState.OutputKind = isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        foreach (SolutionState state in new[] { TestState, FixedState })
        {
            state.Sources.Add(("Program.cs", state == TestState ? code : fixedCode));
            state.Sources.Add(("Usings.cs", Usings));
            state.Sources.Add(("Web.cs", Web));
            state.Sources.Add(("Triage.g.cs", SampleClient.Code));
        }
    }

    /// <summary>Stands for ASP.NET Core, by the names that the analyzer knows.</summary>
    private static string Web => """
        #nullable disable
        namespace Microsoft.AspNetCore.Builder
        {
            public class WebApplication
            {
                public void Run() { }
            }

            public static class EndpointRouteBuilderExtensions
            {
                public static void MapPost(this WebApplication app, string pattern, System.Delegate handler) { }
            }
        }

        namespace Microsoft.AspNetCore.Mvc
        {
            public abstract class ControllerBase { }
        }

        """;

    /// <summary>Runs the analyzer, and the fix where the code changes.</summary>
    /// <param name="code">The code, with places marked <c>{|EDGEnnnn:…|}</c>.</param>
    /// <param name="fixedCode">The code after the fix; null when there is none.</param>
    /// <param name="isProgram">Whether the code has top-level statements.</param>
    public static Task RunAsync(string code, string? fixedCode = null, bool isProgram = false) =>
        new UsageTest<TFix>(code, fixedCode ?? code, isProgram).RunAsync(CancellationToken.None);
}
