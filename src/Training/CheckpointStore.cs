using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// Step checkpoints in a folder: written beside their place and moved, so that a crash leaves the last complete one; two are kept. A checkpoint is
/// used only by a run with the same key, rows, recipe and compute type.
/// </summary>
public sealed class CheckpointStore
{
    private const string Extension = ".checkpoint";
    private const int Kept = 2;
    private const int HashLength = 32;
    private static readonly byte[] _magic = "EDGECKP2"u8.ToArray();

    private readonly string _directory;
    private readonly string _key;

    /// <summary>Initializes a new instance of the <see cref="CheckpointStore"/> class.</summary>
    /// <param name="directory">The folder; made when the first checkpoint is written.</param>
    /// <param name="key">What the run is for, for example the adapter key.</param>
    /// <param name="interval">The time between checkpoints; null for 20 seconds.</param>
    public CheckpointStore(string directory, string key, TimeSpan? interval = null)
    {
        _directory = directory;
        _key = key;
        Interval = interval ?? TimeSpan.FromSeconds(20);
    }

    /// <summary>Gets the time between checkpoints.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Deletes all checkpoints, after their run has ended well.</summary>
    public void Clear()
    {
        foreach (string path in Files())
        {
            File.Delete(path);
        }
    }

    internal void Save(TrainingState state, string fingerprint)
    {
        Directory.CreateDirectory(_directory);
        string path = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"step-{state.Step:D9}{Extension}"));
        AtomicFile.Write(path, stream =>
        {
            using var hash = SHA256.Create();
            using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var writer = new BinaryWriter(hashing, Encoding.UTF8))
            {
                Write(writer, state, FullKey(fingerprint));
            }

            stream.Write(hash.Hash!);
        });

        // What a run left half written when it was killed; the lock of its key keeps other runs out of this folder.
        foreach (string halfWritten in Directory.EnumerateFiles(_directory, "step-*.tmp"))
        {
            File.Delete(halfWritten);
        }

        // A file of a later step is one that this run could not use. It would push out the new ones if it counted among those that are kept.
        List<string> all = Files();
        int own = all.IndexOf(path);
        foreach (string old in all.Where((_, index) => index < own || index >= own + Kept))
        {
            File.Delete(old);
        }
    }

    internal TrainingState? Load(string fingerprint)
    {
        foreach (string path in Files())
        {
            try
            {
                if (Read(path, FullKey(fingerprint)) is { } state)
                {
                    return state;
                }
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException)
            {
                // A damaged checkpoint is no reason to fail: an older one, or the start, gives the same result later.
            }
        }

        return null;
    }

    private static void Write(BinaryWriter writer, TrainingState state, string key)
    {
        writer.Write(_magic);
        writer.Write(key);
        writer.Write(state.Step);
        writer.Write(state.OptimizerSteps);
        writer.Write(state.Tokens);
        writer.Write(state.Elapsed.Ticks);
        writer.Write(state.TrainingTime.Ticks);
        WriteValues<double>(writer, CollectionsMarshal.AsSpan(state.Losses));
        WriteValues<double>(writer, CollectionsMarshal.AsSpan(state.GradientNorms));
        WriteValues<ValidationLoss>(writer, CollectionsMarshal.AsSpan(state.ValidationLosses));
        WriteValues<int>(writer, state.Order);
        WriteValues<float>(writer, state.RowHardness);
        WriteValues<double>(writer, state.RecentLosses);
        WriteValues<float>(writer, state.Parameters);
        WriteValues<float>(writer, state.FirstMoment);
        WriteValues<float>(writer, state.SecondMoment);
        WriteValues<float>(writer, state.BestParameters);
    }

    private static TrainingState? Read(string path, string key)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length < HashLength + _magic.Length)
        {
            throw new InvalidDataException("The checkpoint is cut off.");
        }

        var content = new byte[file.Length - HashLength];
        var hash = new byte[HashLength];
        file.ReadExactly(content);
        file.ReadExactly(hash);
        if (!content.AsSpan().StartsWith(_magic) || !SHA256.HashData(content).AsSpan().SequenceEqual(hash))
        {
            throw new InvalidDataException("The checkpoint is damaged.");
        }

        using var reader = new BinaryReader(new MemoryStream(content, _magic.Length, content.Length - _magic.Length), Encoding.UTF8);
        if (reader.ReadString() != key)
        {
            return null;
        }

        var state = new TrainingState
        {
            Step = reader.ReadInt32(),
            OptimizerSteps = reader.ReadInt32(),
            Tokens = reader.ReadInt64(),
            Elapsed = TimeSpan.FromTicks(reader.ReadInt64()),
            TrainingTime = TimeSpan.FromTicks(reader.ReadInt64()),
        };
        state.Losses.AddRange(ReadValues<double>(reader));
        state.GradientNorms.AddRange(ReadValues<double>(reader));
        state.ValidationLosses.AddRange(ReadValues<ValidationLoss>(reader));
        state.Order = ReadValues<int>(reader);
        state.RowHardness = ReadValues<float>(reader);
        state.RecentLosses = ReadValues<double>(reader);
        state.Parameters = ReadValues<float>(reader);
        state.FirstMoment = ReadValues<float>(reader);
        state.SecondMoment = ReadValues<float>(reader);
        state.BestParameters = ReadValues<float>(reader);
        return state;
    }

    private static void WriteValues<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static T[] ReadValues<T>(BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private string FullKey(string fingerprint) => $"{_key}/{fingerprint}";

    private List<string> Files() => Directory.Exists(_directory)
        ? [.. Directory.EnumerateFiles(_directory, $"step-*{Extension}").OrderDescending(StringComparer.Ordinal)]
        : [];
}
