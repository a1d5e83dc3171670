using System.Globalization;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Version of a package, <c>major.minor.patch</c>.</summary>
internal sealed record PackageVersion(int Major, int Minor, int Patch) : IComparable<PackageVersion>
{
    public static bool TryParse(string text, out PackageVersion? version)
    {
        var parts = text.Split('.');
        version =
            parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var patch)
                ? new PackageVersion(major, minor, patch)
                : null;
        return version is not null;
    }

    /// <summary>True when the step from <paramref name="before"/> to this tells users that something may break: a new major version, or before 1.0 a new minor one.</summary>
    public bool MayBreak(PackageVersion before) =>
        Major > before.Major || (Major == 0 && before.Major == 0 && Minor > before.Minor);

    /// <summary>The smallest next version that may break.</summary>
    public PackageVersion NextThatMayBreak() =>
        Major == 0 ? new PackageVersion(0, Minor + 1, 0) : new PackageVersion(Major + 1, 0, 0);

    /// <inheritdoc/>
    public int CompareTo(PackageVersion? other) =>
        other is null ? 1 : (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
