using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Tools;

/// <summary>An NHS number as a person gives it: on the command line, or on standard input.</summary>
internal static class TypedNhsNumber
{
    private const string Form =
        "Ten digits, spaces allowed; or - to read it from standard input, where other users of the machine cannot see it.";

    /// <summary><c>NHS-NUMBER</c>, where there is no command without it.</summary>
    public static Argument<string> Argument() => new("NHS-NUMBER") { Description = Form };

    /// <summary><c>--nhs-number</c>, where it narrows a search.</summary>
    public static Option<string?> Option() =>
        new("--nhs-number") { Description = $"Only of this child. {Form}", HelpName = "NUMBER" };

    /// <summary>Reads it.</summary>
    /// <exception cref="CannotRunException">It is not valid.</exception>
    public static async Task<NhsNumber> ReadAsync(Run run, string text, CancellationToken cancellation)
    {
        if (text == "-")
            text = await run.ReadLineAsync(cancellation) ?? "";
        return NhsNumber.TryParse(text.Replace(" ", "", StringComparison.Ordinal), out var child)
            ? child
            : throw new CannotRunException(
                "this is not a valid NHS number: ten digits, the last of which is a check digit. Nothing was sent."
            );
    }
}
