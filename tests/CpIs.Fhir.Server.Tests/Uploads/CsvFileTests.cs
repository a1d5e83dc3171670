using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>A daily file in CSV, by the whole server: what a social-care worker sends, and reads in the answer.</summary>
public sealed class CsvFileTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Header =
        "NHS number,family name,given name,birth date,local person id,plan id,plan type,start,end,status,protected";

    private static int _sequence = 7_000;

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Fact]
    public async Task Rows_become_plans_and_rows_of_one_child_are_one_record()
    {
        var (one, two) = (NewNumber(), NewNumber());
        var answer = await SendAsync(
            $"""
            {Header}
            {one},Fernwood,Robin,23/04/2019,P-1,{one[..9]}-a,child protection plan,01/05/2026,,active,
            {one},Fernwood,Robin,23/04/2019,P-1,{one[..9]}-b,LAC,2026-05-02,,Active,no
            {two},Fernwood,Jo,2019-04-23,,{two[..9]}-a,818901000000100,01/05/2026,30/07/2026,active,
            ,,,,,,,,,,

            """
        );

        answer.Status.Should().Be(200, answer.Text);
        Number(answer, "loaded").Should().Be(2, answer.Text);
        answer.Text.Should().Contain("\"row 2\"").And.Contain("\"row 4\"").And.NotContain("\"row 3\"");
        var setting = await exchange.AsAsync("hareford-ed");
        (await setting.LookUpAsync(NhsNumber.Parse(one)))
            .Text.Should()
            .Contain("342191000000101")
            .And.Contain("764841000000100");
    }

    [Fact]
    public async Task The_template_is_a_file_without_records_and_its_example_is_a_row_that_would_be_taken()
    {
        (await SendAsync(CsvColumns.Template, more: "&count=0")).Status.Should().Be(200);
        var example = CsvColumns.Template.Replace("#", "", StringComparison.Ordinal);
        var taken = await SendAsync(example, more: "&dry-run=true");
        Number(taken, "loaded").Should().Be(1, taken.Text);
    }

    [Fact]
    public async Task Every_fault_is_told_by_row_and_column_once_and_in_a_sentence()
    {
        var (one, two, three) = (NewNumber(), NewNumber(), NewNumber());
        var file = $"""
            {Header}
            {one},Fernwood,Robin,04/23/2019,P-1,A-1,child protction plan,01/05/26,,running,perhaps
            9.99E+09,,Jo,46135,,1.5E+12,CPP,31/02/2026,yesterday,,
            999000001,Fernwood,Jo,2019-04-23,,A-3,CPP,2026-05-01,,active,
            9990000019,Fernwood,Jo,2019-04-23,,A-4,CPP,2026-05-01,,active,
            {two},Fernwood,Jo,2019-04-23,,A-5,CPP,2026-05-01,,active,
            {two},Fernwod,Jo,2019-04-23,,A-6,CPP,2026-05-01,,active,,more
            {three},Fernwood,"Jo,2019-04-23,,A-7,CPP,2026-05-01,,active,
            {three},Fernwood,Jo,2019-04-23,,A-8,CPP,2026-05-01,,finished,
            """;

        var faults = FaultsOf(await SendAsync(file));

        faults
            .Select(fault => $"{fault.Position}|{fault.Column}|{fault.Rule}")
            .Should()
            .Equal(
                "row 2|birth date|cpis-csv-value",
                "row 2|plan type|cpis-csv-value",
                "row 2|status|cpis-csv-value",
                "row 2|start|cpis-csv-value",
                "row 2|protected|cpis-csv-value",
                "row 3|family name|cpis-csv-value",
                "row 3|birth date|cpis-csv-value",
                "row 3|NHS number|cpis-nhs-number",
                "row 3|plan id|cpis-csv-value",
                "row 3|status|cpis-csv-value",
                "row 3|start|cpis-csv-value",
                "row 3|end|cpis-csv-value",
                "row 4|NHS number|cpis-nhs-number",
                "row 5|NHS number|cpis-nhs-number",
                "row 7|family name|cpis-csv-row",
                "row 7||cpis-csv-row",
                "row 8||cpis-csv-row",
                "row 9|end|cpis-plan-finished-end"
            );
        string TextOf(string place) => faults.First(fault => $"{fault.Position}|{fault.Column}" == place).Text;
        TextOf("row 2|birth date").Should().Contain("The day comes first").And.NotContain("04/23");
        TextOf("row 2|plan type").Should().Contain("Did you mean child protection plan?");
        TextOf("row 2|start").Should().Contain("year with four");
        TextOf("row 3|birth date").Should().Contain("days since 1900");
        TextOf("row 3|NHS number").Should().Contain("9.99E+09").And.Contain("Format the column as text");
        TextOf("row 3|end").Should().Contain("is not a day");
        TextOf("row 4|NHS number").Should().Contain("has 9 digits").And.Contain("drops zeros");
        TextOf("row 7|family name").Should().Contain("differs from row 6");
        TextOf("row 9|end").Should().NotContain("period");
    }

    [Fact]
    public async Task Every_form_of_the_answer_names_row_and_column()
    {
        var number = NewNumber();
        var file = $"{Header}\n{number},Fernwood,Robin,23/04/2019,P-1,B-{number[..9]},CPP,soon,,active,\n";

        var csv = await SendAsync(file, "&dry-run=true", ("Accept", "text/csv"));
        var page = await SendAsync(file, "&dry-run=true", ("Accept", "text/html"));
        var outcome = await SendAsync(file, "&dry-run=true", ("Prefer", "return=OperationOutcome"));
        var fhir = await SendAsync(file, "&dry-run=true");

        csv.Text.Should().Contain("row 2,CPR07,refused").And.Contain("\"start\",\"The start is not a day.");
        page.Text.Should().Contain("row 2").And.Contain("start").And.Contain($"B-{number[..9]}");
        outcome.Text.Should().Contain("row 2, column start, CPR07: The start is not a day.");
        outcome.Text.Should().NotContain("expression");
        fhir.Text.Should().Contain("\"row 2, column start\"").And.Contain("\"element\"");
        (await ValidateAsync(fhir)).Should().NotContain("\"error\"");
    }

    [Theory]
    [InlineData("NHS number,family name,given name,birth date,plan id,plan type,start,end", "column status is missing")]
    [InlineData(Header + ",social worker", "column social worker is not known")]
    [InlineData(
        "NHS number,family nam,given name,birth date,plan id,plan type,start,end,status",
        "Did you mean family name?"
    )]
    [InlineData(Header + ",Surname", "column family name is there twice")]
    [InlineData("9990000018,Fernwood,Robin,23/04/2019,P-1,A-1,CPP,01/05/2026,,active,", "first row must be the header")]
    [InlineData("PK\u0003\u0004\0\0", "no CSV file")]
    public async Task What_is_wrong_with_the_header_is_told_and_nothing_is_kept(string header, string told)
    {
        var answer = await SendAsync(
            $"{header}\n9990000018,Fernwood,Robin,23/04/2019,P-1,A-1,CPP,01/05/2026,,active,\n"
        );
        answer.Status.Should().Be(422, answer.Text);
        answer.Text.Should().Contain("CPF01").And.Contain(told).And.Contain("cpis-csv-header");
        answer.Text.Should().NotContain("Robin");
    }

    [Fact]
    public async Task A_spreadsheet_with_semicolons_other_letters_and_a_header_of_its_own_is_read()
    {
        var number = NewNumber();
        var file =
            $"Nhs-Number;SURNAME;Forename;Date of Birth;Plan_ID;Type;Start date;End / due date;Plan status\r\n{number[..3]} {number[3..6]} {number[6..]}; Müller ;Zoë;23.4.2019;C-{number[..9]};Looked after child;01/05/2026 00:00;;open\r\n;;;;;;;;\r\n";

        var answer = await SendAsync(CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(file));

        Number(answer, "loaded").Should().Be(1, answer.Text);
        FaultsOf(answer)
            .Select(fault => $"{fault.Position}|{fault.Column}|{fault.Rule}")
            .Should()
            .Equal("row 2|family name|cpis-csv-letters", "row 2|given name|cpis-csv-letters");
        var held = await (await AuthorityAsync).PostFormAsync(
            "Patient/_search",
            [new("identifier", $"https://fhir.nhs.uk/Id/nhs-number|{number}")]
        );
        held.Text.Should().Contain("Müller").And.Contain("Zoë");
    }

    [Fact]
    public async Task Hostile_cells_are_faults_of_their_rows()
    {
        var (one, two) = (NewNumber(), NewNumber());
        var rows = string.Join(
            '\n',
            Enumerable
                .Range(0, 400)
                .Select(i => $"{two},Fernwood,Jo,2019-04-23,,D-{two[..9]}-{i},CPP,2026-05-01,,active,")
        );
        var answer = await SendAsync(
            $"{Header}\n{one},Fern\0wood,\"Ro\nbin\",23/04/2019,P-1,=cmd(),CPP,2026-05-01,,active,\n{rows}\n"
        );

        answer.Status.Should().Be(200, answer.Text);
        Number(answer, "refused").Should().Be(2, answer.Text);
        var faults = FaultsOf(answer);
        faults.Select(fault => fault.Position).Should().Contain("row 2").And.Contain("row 3");
        faults.Should().Contain(fault => fault.Position == "row 3" && fault.Text.Contains("64 KiB"));
    }

    [Fact]
    public async Task A_countys_file_with_a_hundred_faults_tells_each_by_row_and_the_rest_is_live()
    {
        var file = CountyFile.Write(1_754, 100);

        var answer = await SendAsync(file.Text, "&count=1754");

        (Number(answer, "loaded"), Number(answer, "refused")).Should().Be((1_654, 100), answer.Text[..2_000]);
        FaultsOf(answer)
            .Where(fault => fault.Severity == "error")
            .Select(fault => $"{fault.Position}|{fault.Column}")
            .Should()
            .BeEquivalentTo(file.Faults);
        var live = await (await AuthorityAsync).GetAsync("EpisodeOfCare?_count=0");
        live.Json.GetProperty("total").GetInt32().Should().BeGreaterThanOrEqualTo(1_654);
    }

    private Task<Answer> SendAsync(string file, string more = "", params (string Name, string Value)[] headers) =>
        SendAsync(Encoding.UTF8.GetBytes(file), more, headers);

    private async Task<Answer> SendAsync(byte[] file, string more = "", params (string Name, string Value)[] headers)
    {
        using var body = new ByteArrayContent(file);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv; header=present");
        return await (await AuthorityAsync).SendAsync(
            HttpMethod.Post,
            $"$upload?sequence={Interlocked.Increment(ref _sequence)}&made=2026-06-10T08:00:00Z{more}",
            body,
            headers
        );
    }

    private async Task<string> ValidateAsync(Answer answer) =>
        (
            await (await exchange.AsAsync("tester")).PostAsync(
                "Parameters/$validate",
                $"{{\"resourceType\":\"Parameters\",\"parameter\":[{{\"name\":\"resource\",\"resource\":{answer.Text}}}]}}"
            )
        ).Text;

    private static int Number(Answer answer, string name) =>
        answer
            .Json.GetProperty("parameter")
            .EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .GetProperty("valueInteger")
            .GetInt32();

    private static List<Fault> FaultsOf(Answer answer) =>
        [
            .. answer
                .Json.GetProperty("parameter")
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("name").GetString() == "record")
                .SelectMany(record => record.GetProperty("part").EnumerateArray())
                .Where(part => part.GetProperty("name").GetString() == "issue")
                .Select(issue =>
                    issue
                        .GetProperty("part")
                        .EnumerateArray()
                        .ToDictionary(
                            part => part.GetProperty("name").GetString()!,
                            part => part.EnumerateObject().Last().Value.GetString()!
                        )
                )
                .Select(parts => new Fault(
                    parts["place"].Split(',')[0],
                    parts.GetValueOrDefault("element", ""),
                    parts.GetValueOrDefault("rule", ""),
                    parts["text"],
                    parts["severity"]
                )),
        ];

    private sealed record Fault(string Position, string Column, string Rule, string Text, string Severity);

    private static int _numbers = 999_400_000;

    private static string NewNumber()
    {
        while (true)
        {
            var body = Interlocked.Increment(ref _numbers);
            for (var check = 0; check < 10; check++)
                if (NhsNumber.TryParse(string.Create(CultureInfo.InvariantCulture, $"{body}{check}"), out var number))
                    return number.Digits;
        }
    }
}
