using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>One file to send: a file, or standard input.</summary>
/// <param name="Name">As the user reads it.</param>
/// <param name="ReadAsync">Reads it whole.</param>
/// <param name="Path">The file; null for standard input.</param>
internal sealed record UploadSource(string Name, Func<CancellationToken, Task<byte[]>> ReadAsync, string? Path = null)
{
    /// <summary>What a user named: files, folders (their <c>*.json</c>, by name) and <c>-</c>.</summary>
    /// <exception cref="CannotRunException">Something is not there, or nothing is.</exception>
    public static IReadOnlyList<UploadSource> Of(IReadOnlyList<string> names, Func<Stream> input)
    {
        var sources = new List<UploadSource>();
        foreach (var name in names)
            if (name == "-")
                sources.Add(OfInput(input));
            else if (File.Exists(name))
                sources.Add(OfFile(name));
            else if (Directory.Exists(name))
                sources.AddRange(Directory.GetFiles(name, "*.json").Order(StringComparer.Ordinal).Select(OfFile));
            else
                throw new CannotRunException($"{name}: no such file or folder.");
        return sources.Count > 0
            ? sources
            : throw new CannotRunException($"nothing to upload: no *.json in {string.Join(", ", names)}.");
    }

    /// <summary>Standard input can be read once; whoever looks at what it is leaves it to whoever sends it.</summary>
    private static UploadSource OfInput(Func<Stream> input)
    {
        Task<byte[]>? read = null;
        return new UploadSource("(standard input)", cancellation => read ??= ReadAll(input(), cancellation));
    }

    private static UploadSource OfFile(string path) =>
        new(path, cancellation => File.ReadAllBytesAsync(path, cancellation), path);

    private static async Task<byte[]> ReadAll(Stream stream, CancellationToken cancellation)
    {
        await using (stream)
        {
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, cancellation);
            return copy.ToArray();
        }
    }
}
