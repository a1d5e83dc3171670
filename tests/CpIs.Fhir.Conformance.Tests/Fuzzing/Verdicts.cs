using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using Hl7.FhirPath;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>What must be true of every verdict, whatever was sent.</summary>
internal static class Verdicts
{
    private static readonly FhirPathCompiler Paths = new();

    /// <summary>Validates twice and looks at the verdict; throws with the input where it is not as it must be.</summary>
    public static ValidationResult Check(ReadOnlyMemory<byte> text)
    {
        var (result, again) = (Validate(text), Validate(text));
        if (!result.Issues.SequenceEqual(again.Issues) || result.Errors != again.Errors)
            throw Failure("The second verdict is another.", text);
        // In XML a carriage return ends a line too.
        var lines = text.Span.Count((byte)'\n') + text.Span.Count((byte)'\r') + 1;
        foreach (var issue in result.Issues)
        {
            if (issue.Line < 1 || issue.Line > lines || issue.Column < 1 || issue.Column > text.Length + 1)
                throw Failure($"{issue.Rule} is told at {issue.Line}:{issue.Column}, outside the text.", text);
            if (issue.Message.Length is 0 or > 2_000)
                throw Failure($"{issue.Rule} has a message of {issue.Message.Length} characters.", text);
            if (issue.Severity != ValidationSeverity.Fatal && !IsPath(issue.Expression))
                throw Failure($"{issue.Rule} is told at '{issue.Expression}', which is no FHIRPath.", text);
        }

        if (result.IsValid == result.Issues.Any(issue => issue.Severity >= ValidationSeverity.Error))
            throw Failure("The verdict and its issues do not agree.", text);
        return result;
    }

    private static ValidationResult Validate(ReadOnlyMemory<byte> text)
    {
        try
        {
            return TheValidator.Instance.Validate(FhirSource.Read(text));
        }
        catch (Exception e)
        {
            throw Failure(e.ToString(), text);
        }
    }

    private static bool IsPath(string expression)
    {
        try
        {
            lock (Paths)
                Paths.Parse(expression);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static InvalidOperationException Failure(string problem, ReadOnlyMemory<byte> text) =>
        new($"{problem}\n{Encoding.UTF8.GetString(text.Span[..Math.Min(text.Length, 4_000)])}");
}
