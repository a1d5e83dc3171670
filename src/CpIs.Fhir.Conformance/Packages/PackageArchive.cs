using System.Formats.Tar;
using System.IO.Compression;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>
/// Reads a package from its archive, which may be from anybody: bounded in bytes, entries and ratio, and without links. Paths can do no
/// harm, for nothing is unpacked to disk.
/// </summary>
internal static class PackageArchive
{
    private const string Root = "package/";

    public static Result<FhirPackage> Read(Stream tgz, string name, bool withExamples, PackageLimits limits)
    {
        var entry = "(the archive itself)";
        try
        {
            using var unzipped = new GZipStream(tgz, CompressionMode.Decompress, true);
            using var bounded = new BoundedStream(unzipped, tgz, limits);
            using var tar = new TarReader(bounded);
            var text = new PackageText(name, withExamples);
            for (var entries = 0; tar.GetNextEntry() is { } next; entries++)
            {
                entry = next.Name;
                if (entries >= limits.MaximumEntries)
                    return PackageText.Refuse(name, null, $"it has more than {limits.MaximumEntries} entries");
                if (Take(text, name, next, limits) is { } refusal)
                    return refusal;
            }

            return text.Finish();
        }
        catch (Exception broken)
            when (broken
                    is InvalidDataException
                        or FormatException
                        or IOException
                        or ArgumentException
                        or ArithmeticException
            )
        {
            return PackageText.Refuse(
                name,
                "or after " + entry,
                $"the archive is broken ({broken.Message.TrimEnd('.')})"
            );
        }
    }

    private static Refusal? Take(PackageText text, string name, TarEntry entry, PackageLimits limits)
    {
        if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
            return null;
        if (
            entry.EntryType
            is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
        )
            return PackageText.Refuse(name, entry.Name, $"an entry that is not a file ({entry.EntryType})");
        var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        if (!path.StartsWith(Root, StringComparison.Ordinal) || !text.Wants(path[Root.Length..]))
            return null;
        if (entry.Length > limits.MaximumEntryBytes)
            return PackageText.Refuse(
                name,
                entry.Name,
                $"{entry.Length} bytes, more than the {limits.MaximumEntryBytes} allowed,"
            );
        // Read as it comes: the length that an entry claims is not yet there.
        using var bytes = new MemoryStream();
        entry.DataStream?.CopyTo(bytes);
        return text.Take(path[Root.Length..], bytes.ToArray());
    }
}
