using System.IO.Compression;
using System.Text;

namespace EdgeBuild.Training;

/// <summary>
/// A TorchScript archive of one module with nothing but methods. TorchSharp binds few of libtorch's operators; the importer of archives knows all
/// of them as <c>ops.NAMESPACE.NAME</c>, which the compiler of TorchScript source does not.
/// </summary>
internal static class TorchScriptArchive
{
    private const string Folder = "module";

    /// <summary>The version of the format of libtorch 1.6 and later.</summary>
    private const string Version = "6\n";

    // Protocol 2 (0x80 2), the class (c), no arguments ()), made (0x81); its state {'training': True}, set (b) and returned (.).
    private static readonly byte[] _module = [0x80, 2, .. "c__torch__\nM\n"u8, .. ")"u8, 0x81, .. "}X"u8, 8, 0, 0, 0, .. "training"u8, 0x88, .. "sb."u8];

    /// <summary>Protocol 2 and an empty tuple.</summary>
    private static readonly byte[] _noConstants = [0x80, 2, .. ")."u8];

    /// <summary>Makes an archive.</summary>
    /// <param name="methods">The methods of the class <c>__torch__.M</c> in TorchScript, indented by two spaces.</param>
    /// <returns>The bytes of the archive, a zip file.</returns>
    public static byte[] Of(string methods)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            string code = "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n" + methods.ReplaceLineEndings("\n");
            Add(archive, "data.pkl", _module);
            Add(archive, "code/__torch__.py", Encoding.ASCII.GetBytes(code));
            Add(archive, "constants.pkl", _noConstants);
            Add(archive, "version", Encoding.ASCII.GetBytes(Version));
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using Stream entry = archive.CreateEntry($"{Folder}/{name}", CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }
}
