using System.Globalization;
using System.Text;
using System.Xml;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>
/// JUnit's XML, which build servers show: one test case for each input, failed with its errors. The counts stand first, so the
/// cases wait in memory.
/// </summary>
internal sealed class JunitPrinter(TextWriter output) : IVerdictPrinter
{
    private readonly StringBuilder _cases = new();

    public void Print(Verdict verdict)
    {
        using var xml = XmlWriter.Create(
            _cases,
            new XmlWriterSettings { ConformanceLevel = ConformanceLevel.Fragment, Indent = true }
        );
        var (input, result) = verdict;
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", "cpis.validate");
        xml.WriteAttributeString("name", Sound(input.Name));
        xml.WriteAttributeString("file", Sound(input.File));
        xml.WriteAttributeString("line", input.FirstLine.ToString(CultureInfo.InvariantCulture));
        var errors = result.Issues.Where(issue => issue.Severity >= ValidationSeverity.Error).ToList();
        if (!result.IsValid)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString(
                "message",
                errors.Count == 0 ? "More errors than those listed." : Sound($"{errors[0].Message} [{errors[0].Rule}]")
            );
            xml.WriteAttributeString("type", errors.Count == 0 ? "omitted" : Sound(errors[0].Rule));
            xml.WriteString(Lines(input, errors, result.Omitted));
            xml.WriteEndElement();
        }

        if (result.Issues.Count > errors.Count)
            xml.WriteElementString("system-out", Lines(input, result.Issues.Except(errors), 0));
        xml.WriteEndElement();
        xml.Flush();
        _cases.Append('\n');
    }

    public void End(ValidationCounts counts)
    {
        var totals = string.Create(
            CultureInfo.InvariantCulture,
            $"name=\"cpis validate\" tests=\"{counts.Inputs}\" failures=\"{counts.Invalid}\" errors=\"0\""
        );
        output.WriteLine("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        output.WriteLine($"<testsuites {totals}>");
        output.WriteLine($"<testsuite {totals} skipped=\"0\">");
        foreach (var chunk in _cases.GetChunks())
            output.Write(chunk.Span);
        output.WriteLine("</testsuite>");
        output.WriteLine("</testsuites>");
        output.Flush();
    }

    private static string Lines(ValidationInput input, IEnumerable<ValidationIssue> issues, int omitted)
    {
        var text = new StringBuilder();
        foreach (var issue in issues)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{input.File}:{issue.Line}:{issue.Column} {OutcomeWriter.Code(issue.Severity)} [{issue.Rule}] {issue.Expression}: {OutcomeWriter.Diagnostics(issue)}\n"
            );
        if (omitted > 0)
            text.Append(CultureInfo.InvariantCulture, $"{omitted} more are not listed.\n");
        return Sound(text.ToString());
    }

    /// <summary>XML has no control characters and no half of a surrogate pair.</summary>
    private static string Sound(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => IsXml(rune) ? rune.ToString() : "\uFFFD"));

    private static bool IsXml(Rune rune) => rune.Value is '\t' or '\n' or '\r' or (>= 0x20 and not (0xFFFE or 0xFFFF));
}
