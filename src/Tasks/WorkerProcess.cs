using System.Diagnostics;
using System.Reflection;
using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Tasks;

/// <summary>
/// A running <c>edgebuild</c>. Its standard input stays open and empty: when this process ends in whatever way, the worker reads the end of
/// its input and ends too. (ToolTask closes the input at once, so it is not used.)
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>How long a worker that was asked to stop may take; together with the kill it stays below two seconds.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1.5);

    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>Starts the worker.</summary>
    /// <param name="dotnet">The dotnet host.</param>
    /// <param name="worker">The path of edgebuild.dll.</param>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <param name="directory">The project's folder, from which a restore of the worker looks for nuget.config.</param>
    /// <param name="folders">Folders by environment variable; empty ones are left out.</param>
    /// <param name="onOutput">Receives the lines of standard output, on a thread of the pool.</param>
    /// <param name="onError">Receives the lines of standard error, on a thread of the pool.</param>
    /// <returns>The process.</returns>
    /// <exception cref="EdgeBuildException">EDGE9002: it cannot be started.</exception>
    public static WorkerProcess Start(string dotnet, string worker, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string?> folders, Action<string> onOutput, Action<string> onError)
    {
        if (!File.Exists(worker))
        {
            throw new EdgeBuildException(
                ErrorCodes.WorkerNotStarted, $"The worker '{worker}' does not exist. Restore the EdgeBuild package again, or set EdgeBuildWorkerPath.");
        }

        var start = new ProcessStartInfo(dotnet)
        {
            Arguments = string.Join(" ", new[] { worker }.Concat(arguments).Select(Quote)),
            WorkingDirectory = directory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (KeyValuePair<string, string> variable in WorkerEnvironment.Variables)
        {
            SetWhenFree(start, variable.Key, variable.Value);
        }

        foreach (KeyValuePair<string, string?> folder in folders.Where(folder => !string.IsNullOrEmpty(folder.Value)))
        {
            SetWhenFree(start, folder.Key, Path.GetFullPath(folder.Value!));
        }

        // MSBuild and the dotnet command set these for themselves; the worker must find its own runtime as any app does.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildExtensionsPath");

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Forward(e.Data, onOutput);
        process.ErrorDataReceived += (_, e) => Forward(e.Data, onError);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            process.Dispose();
            throw new EdgeBuildException(
                ErrorCodes.WorkerNotStarted, $"The worker could not be started with '{dotnet}': {exception.Message}", innerException: exception);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WorkerProcess(process);
    }

    /// <summary>Waits for the end, and for the last line.</summary>
    /// <returns>The exit code.</returns>
    public int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Ends the worker: asks it by closing its input, and kills it and its children when it does not listen.</summary>
    public void Stop()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit((int)_grace.TotalMilliseconds))
            {
                Kill();
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            // It has ended in the meantime.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    /// <summary>Sets a variable unless the user has set it.</summary>
    private static void SetWhenFree(ProcessStartInfo start, string name, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
        {
            start.Environment[name] = value;
        }
    }

    private static void Forward(string? line, Action<string> receive)
    {
        if (line is not null)
        {
            receive(line);
        }
    }

    private void Kill()
    {
        // Kill(entireProcessTree) is not part of netstandard2.0; .NET, on which 'dotnet build' runs, has it.
        MethodInfo? killTree = typeof(Process).GetMethod("Kill", [typeof(bool)]);
        if (killTree is null)
        {
            _process.Kill();
        }
        else
        {
            killTree.Invoke(_process, [true]);
        }
    }

    /// <summary>Quotes one argument by the rules of the Microsoft C runtime, which .NET applies on every platform.</summary>
    private static string Quote(string argument)
    {
        if (argument.Length > 0 && argument.IndexOfAny([' ', '\t', '"']) < 0)
        {
            return argument;
        }

        var text = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            if (c == '"')
            {
                text.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            text.Append(c);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
