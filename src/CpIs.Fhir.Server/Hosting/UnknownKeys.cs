using System.Collections;
using System.Reflection;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Finds settings that nothing reads, so that a misspelt key stops the server instead of being ignored.</summary>
internal static class UnknownKeys
{
    /// <summary>Sections of the framework that share the file.</summary>
    private static readonly string[] Foreign = ["Logging", "Kestrel", "AllowedHosts"];

    /// <summary>Paths such as <c>SizeLimits:MaxBatchSiez</c>, in order, each with the key that was probably meant.</summary>
    public static IReadOnlyList<string> In(IConfiguration configuration, Type options) =>
        [
            .. configuration
                .GetChildren()
                .Where(section => !Foreign.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                .SelectMany(section => Below(section, options)),
        ];

    private static IEnumerable<string> Below(IConfigurationSection section, Type owner)
    {
        var property = owner.GetProperty(
            section.Key,
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase
        );
        if (property is not { CanWrite: true })
            return [section.Path + Meant(section.Key, owner)];
        return Inside(section, property.PropertyType);
    }

    private static IEnumerable<string> Inside(IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan))
            return [];
        // A list or a dictionary: its keys are its own.
        return ElementType(type) is { } element
            ? section.GetChildren().SelectMany(item => Inside(item, element))
            : section.GetChildren().SelectMany(child => Below(child, type));
    }

    private static string Meant(string key, Type owner) =>
        Spelling.Nearest(
            key,
            owner.GetProperties().Where(property => property.CanWrite).Select(property => property.Name)
        )
            is { } near
            ? $" (did you mean {near}?)"
            : "";

    private static Type? ElementType(Type type) =>
        typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType ? type.GetGenericArguments()[^1] : null;
}
