using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Narratives: formatting is taken, and nothing that runs, whatever a browser makes of it.</summary>
public sealed class NarrativeTests
{
    private const string Xhtml = "xmlns=\"http://www.w3.org/1999/xhtml\"";

    private static IEnumerable<string> Rules(string div) =>
        TheValidator
            .Validate(
                new JsonObject
                {
                    ["resourceType"] = "OperationOutcome",
                    ["text"] = new JsonObject { ["status"] = "generated", ["div"] = div },
                    ["issue"] = new JsonArray(new JsonObject { ["severity"] = "error", ["code"] = "invalid" }),
                }
            )
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => $"{issue.Rule}@{issue.Expression}");

    [Theory]
    [InlineData("<p>text</p>")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2\">x</a>")]
    [InlineData("<a href=\"#top\">x</a><a name=\"top\"/>")]
    [InlineData("<img src=\"#pic\" alt=\"x\"/>")]
    [InlineData("<img src=\"data:image/png;base64,AAAA\"/>")]
    [InlineData("<p style=\"color: red; background-color: #fff\">x</p>")]
    [InlineData("<!-- a comment -->x")]
    [InlineData("<table><tr><td colspan=\"2\">1 &lt; 2 &#160;</td></tr></table>")]
    public void Formatting_is_taken(string inside) => Rules($"<div {Xhtml}>{inside}</div>").Should().BeEmpty();

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<SCRIPT>alert(1)</SCRIPT>")]
    [InlineData("<p onclick=\"alert(1)\">x</p>")]
    [InlineData("<p ONCLICK=\"alert(1)\">x</p>")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<a href=\" JaVaScRiPt:alert(1)\">x</a>")]
    [InlineData("<a href=\"java&#10;script:alert(1)\">x</a>")]
    [InlineData("<a href=\"java&#9;script:alert(1)\">x</a>")]
    [InlineData("<a href=\"vbscript:x\">x</a>")]
    [InlineData("<a href=\"data:text/html,&lt;script>alert(1)&lt;/script>\">x</a>")]
    [InlineData("<img src=\"data:text/html;base64,AAAA\"/>")]
    [InlineData("<img src=\"x\" onerror=\"alert(1)\"/>")]
    [InlineData("<img longdesc=\"javascript:alert(1)\" src=\"#x\"/>")]
    [InlineData("<blockquote cite=\"javascript:alert(1)\">x</blockquote>")]
    [InlineData("<p style=\"width: expression(alert(1))\">x</p>")]
    [InlineData("<p style=\"background: url(javascript:alert(1))\">x</p>")]
    [InlineData("<p style=\"background: u&#114;l(https://example.org/track)\">x</p>")]
    [InlineData("<p style=\"-moz-binding: x\">x</p>")]
    [InlineData("<p style=\"behavior: x\">x</p>")]
    [InlineData("<p style=\"background: \\75rl(x)\">x</p>")]
    [InlineData("<iframe src=\"https://example.org\">x</iframe>")]
    [InlineData("<object data=\"x\">x</object>")]
    [InlineData("<embed src=\"x\"/>x")]
    [InlineData("<form action=\"x\">x</form>")]
    [InlineData("<input value=\"x\"/>x")]
    [InlineData("<style>p { }</style>x")]
    [InlineData("<link href=\"x\"/>x")]
    [InlineData("<base href=\"https://example.org/\"/>x")]
    [InlineData("<meta content=\"x\"/>x")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>")]
    [InlineData("<math xmlns=\"http://www.w3.org/1998/Math/MathML\">x</math>")]
    [InlineData("<p xmlns:x=\"urn:x\" x:onclick=\"y\">x</p>")]
    [InlineData("<a xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<!--> <img src=\"x\" onerror=\"alert(1)\"/> -->x")]
    [InlineData("<!---> <img src=\"x\" onerror=\"alert(1)\"/> -->x")]
    [InlineData("<![CDATA[x><img src=x onerror=alert(1)>]]>")]
    [InlineData("<?xml-stylesheet href=\"x\"?>x")]
    [InlineData("&nbsp;x")]
    [InlineData("<p>x")]
    [InlineData("<p>x</P>")]
    public void Whatever_runs_is_refused(string inside) =>
        Rules($"<div {Xhtml}>{inside}</div>").Should().Equal("txt-1@OperationOutcome.text.div");

    [Theory]
    [InlineData("<div>x</div>")]
    [InlineData("text")]
    [InlineData("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>")]
    [InlineData(
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div><div xmlns=\"http://www.w3.org/1999/xhtml\">y</div>"
    )]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>y")]
    [InlineData("<!DOCTYPE div [<!ENTITY x \"y\">]><div xmlns=\"http://www.w3.org/1999/xhtml\">&x;</div>")]
    public void The_root_is_one_div_of_XHTML(string text) =>
        Rules(text).Should().Equal("txt-1@OperationOutcome.text.div");

    [Theory]
    [InlineData("")]
    [InlineData("<p>  </p>")]
    [InlineData("<!-- x -->")]
    public void A_narrative_says_something(string inside) =>
        Rules($"<div {Xhtml}>{inside}</div>").Should().Equal("txt-2@OperationOutcome.text.div");

    [Fact]
    public void A_deep_narrative_is_refused_without_a_crash() =>
        Rules(
                $"<div {Xhtml}>{string.Concat(Enumerable.Repeat("<b>", 100_000))}x{string.Concat(Enumerable.Repeat("</b>", 100_000))}</div>"
            )
            .Should()
            .Equal("txt-1@OperationOutcome.text.div");
}
