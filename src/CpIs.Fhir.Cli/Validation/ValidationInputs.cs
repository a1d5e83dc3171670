using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>What a user named, as texts to validate: files, folders with all below, records of NDJSON, standard input.</summary>
internal sealed class ValidationInputs
{
    /// <summary>Standard input as the user writes it.</summary>
    private const string Standard = "-";

    // One more than is taken, so that the validator itself says that it is too much.
    private static readonly int Longest = FhirSource.Limits.MaximumBytes + 1;

    private readonly IReadOnlyList<string> _files;
    private readonly Func<Stream> _input;

    private ValidationInputs(IReadOnlyList<string> files, Func<Stream> input) => (_files, _input) = (files, input);

    /// <summary>Files that could not be read, and why, so far.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Bytes of all files; null when that cannot be known.</summary>
    public long? TotalBytes =>
        _files.Contains(Standard)
            ? null
            : _files.Sum(file => new FileInfo(file) is { Exists: true } it ? it.Length : 0);

    /// <summary>Finds the files.</summary>
    /// <exception cref="CannotRunException">Something is not there, or nothing is.</exception>
    public static ValidationInputs Of(IReadOnlyList<string> names, Func<Stream> input)
    {
        var files = new List<string>();
        foreach (var name in names)
            if (name == Standard || File.Exists(name))
                files.Add(name);
            else if (Directory.Exists(name))
                files.AddRange(In(name));
            else
                throw new CannotRunException($"{name}: no such file or folder.");
        if (files.Count(file => file == Standard) > 1)
            throw new CannotRunException("standard input (-) can be read only once.");
        return files.Count > 0
            ? new ValidationInputs(files, input)
            : throw new CannotRunException(
                $"nothing to validate: no *.json, *.xml or *.ndjson in {string.Join(", ", names)}."
            );
    }

    /// <summary>Each text, in order, read when it is asked for.</summary>
    public async IAsyncEnumerable<ValidationInput> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in _files)
        {
            await using var stream = Open(file);
            if (stream is null)
                continue;
            var lines = new RecordLines(stream, Longest);
            if (!IsOfRecords(file) && (file != Standard || !await lines.AreRecordsAsync(cancellation)))
            {
                yield return new ValidationInput(file, file, 1, await lines.RestAsync(cancellation));
                continue;
            }

            while (await lines.NextAsync(cancellation) is { } line)
                if (line.AsSpan().IndexOfAnyExcept(" \t\r"u8) >= 0)
                    yield return new ValidationInput(
                        string.Create(CultureInfo.InvariantCulture, $"{file}:{lines.Number}"),
                        file,
                        lines.Number,
                        line
                    );
        }
    }

    private Stream? Open(string file)
    {
        if (file == Standard)
            return _input();
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            Unreadable.Add(cannot.Message);
            return null;
        }
    }

    private static IEnumerable<string> In(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".JSON" or ".XML" or ".NDJSON")
            .Order(StringComparer.Ordinal);

    private static bool IsOfRecords(string file) =>
        Path.GetExtension(file).Equals(".ndjson", StringComparison.OrdinalIgnoreCase);
}
