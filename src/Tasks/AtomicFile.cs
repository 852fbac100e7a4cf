using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EdgeBuild.Tasks;

/// <summary>Writes small text files so that a reader, or a build that is killed, never sees half of one.</summary>
internal static class AtomicFile
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the file when its text would change; line ends alone are no change, since version control may rewrite them.</summary>
    /// <returns>Whether it was written.</returns>
    public static bool WriteWhenDifferent(string path, string text)
    {
        if (File.Exists(path) && string.Equals(File.ReadAllText(path).Replace("\r\n", "\n"), text, StringComparison.Ordinal))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string pending = string.Format(CultureInfo.InvariantCulture, "{0}.tmp-{1}", path, Process.GetCurrentProcess().Id);
        File.WriteAllText(pending, text, _utf8);
        Replace(pending, path);
        return true;
    }

    /// <summary>Copies a file when the copy would differ.</summary>
    public static void CopyWhenDifferent(string source, string path)
    {
        var from = new FileInfo(source);
        var to = new FileInfo(path);
        if (to.Exists && to.Length == from.Length && to.LastWriteTimeUtc == from.LastWriteTimeUtc)
        {
            return;
        }

        Directory.CreateDirectory(to.DirectoryName!);
        string pending = string.Format(CultureInfo.InvariantCulture, "{0}.tmp-{1}", path, Process.GetCurrentProcess().Id);
        File.Copy(source, pending, overwrite: true);
        Replace(pending, path);
    }

    private static void Replace(string pending, string path)
    {
        // File.Move cannot overwrite on netstandard2.0, File.Replace needs a file to replace.
        if (File.Exists(path))
        {
            File.Replace(pending, path, null);
        }
        else
        {
            File.Move(pending, path);
        }
    }
}
