using System.Text.RegularExpressions;

namespace CpIs.Fhir.Conformance.References;

/// <summary>
/// The path of a discriminator: names, <c>$this</c>, <c>resolve()</c>, <c>extension('url')</c> and <c>ofType(T)</c>, which is all
/// of FHIRPath that R4 allows there (profiling.html#discriminator).
/// </summary>
internal static partial class DiscriminatorPath
{
    /// <summary>The steps; null when the path has something else in it.</summary>
    public static PathStep[]? Parse(string path)
    {
        var steps = new List<PathStep>();
        foreach (Match part in Part().Matches(path))
        {
            if (part.Groups["other"].Success)
                return null;
            if (part.Groups["extension"].Success)
                steps.Add(new PathStep(StepKind.Extension, part.Groups["extension"].Value));
            else if (part.Groups["type"].Success)
                steps.Add(new PathStep(StepKind.OfType, part.Groups["type"].Value));
            else if (part.Value.StartsWith("resolve()", StringComparison.Ordinal))
                steps.Add(new PathStep(StepKind.Resolve, ""));
            else if (part.Groups["name"].Success && part.Groups["name"].Value != "$this")
                steps.Add(
                    new PathStep(StepKind.Child, part.Groups["name"].Value.Replace("[x]", "", StringComparison.Ordinal))
                );
        }

        return [.. steps];
    }

    [GeneratedRegex(
        @"\G(?:extension\(['""](?<extension>[^'""]+)['""]\)|ofType\((?<type>[A-Za-z0-9.]+)\)|resolve\(\)|(?<name>\$this|[A-Za-z][A-Za-z0-9]*(\[x\])?)(?![A-Za-z0-9(])|(?<other>.))(?:\.|$)?",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Part();
}

/// <summary>One step of a discriminator's path.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Text">Name of a child, URL of an extension, name of a type.</param>
internal readonly record struct PathStep(StepKind Kind, string Text);

/// <summary>What a step does.</summary>
internal enum StepKind
{
    /// <summary>Goes to the children of a name.</summary>
    Child,

    /// <summary>Goes to the extensions of a URL.</summary>
    Extension,

    /// <summary>Goes to the resource that a reference leads to.</summary>
    Resolve,

    /// <summary>Keeps what has the type.</summary>
    OfType,
}
