using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>How a command is told of MongoDB's connection string, which may hold a password: it is never shown.</summary>
internal static class MongoConnection
{
    /// <summary>Where it comes from when no option gives it.</summary>
    public const string Variable = "CPIS_MONGODB";

    /// <summary>The string as given, or what is in the file that was given as <c>@FILE</c>.</summary>
    /// <param name="surroundings">Hold the variable.</param>
    /// <param name="given">Value of the option; null when it was left out.</param>
    /// <param name="option">Its name, for the message.</param>
    /// <exception cref="CannotRunException">Nobody gave one.</exception>
    public static string Read(Surroundings surroundings, string? given, string option)
    {
        given ??= surroundings.Variable(Variable);
        if (string.IsNullOrWhiteSpace(given))
            throw new CannotRunException(
                $"the connection string of MongoDB is missing. Give {option} @FILE, or set {Variable} to the connection string or @FILE."
            );
        return given[0] == '@' ? File.ReadAllText(given[1..]).Trim() : given;
    }
}
