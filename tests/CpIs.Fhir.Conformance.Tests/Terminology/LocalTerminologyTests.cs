using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Tests.Terminology;

public sealed class LocalTerminologyTests
{
    private const string Core = "http://hl7.org/fhir/ValueSet/";
    private const string Own = "https://fhir.cpis.example/ValueSet/";
    private const string Sct = "http://snomed.info/sct";
    private const string A = TestDefinitions.Animals;

    /// <summary>Which of animal, dog, puppy, bird, young, duckling are in; the rest are out.</summary>
    [Theory]
    [InlineData("", "animal dog puppy bird young duckling")]
    [InlineData(""","concept":[{"code":"dog"},{"code":"unicorn"}]""", "dog unicorn")]
    [InlineData(""","filter":[{"property":"concept","op":"is-a","value":"dog"}]""", "dog puppy")]
    [InlineData(""","filter":[{"property":"concept","op":"is-a","value":"young"}]""", "young duckling puppy")]
    [InlineData(""","filter":[{"property":"concept","op":"is-a","value":"bird"}]""", "bird duckling")]
    [InlineData(""","filter":[{"property":"concept","op":"is-a","value":"none"}]""", "")]
    [InlineData(""","filter":[{"property":"concept","op":"descendent-of","value":"dog"}]""", "puppy")]
    [InlineData(""","filter":[{"property":"concept","op":"is-not-a","value":"young"}]""", "animal dog bird")]
    [InlineData(""","filter":[{"property":"concept","op":"generalizes","value":"puppy"}]""", "puppy dog young animal")]
    [InlineData(""","filter":[{"property":"legs","op":"=","value":"4"}]""", "dog")]
    [InlineData(""","filter":[{"property":"legs","op":"in","value":"2, 4"}]""", "dog bird")]
    [InlineData(""","filter":[{"property":"legs","op":"not-in","value":"2,3"}]""", "animal dog puppy young duckling")]
    [InlineData(""","filter":[{"property":"legs","op":"exists","value":"true"}]""", "dog bird")]
    [InlineData(""","filter":[{"property":"legs","op":"exists","value":"false"}]""", "animal puppy young duckling")]
    [InlineData(""","filter":[{"property":"parent","op":"=","value":"young"}]""", "duckling puppy")]
    [InlineData(""","filter":[{"property":"code","op":"regex","value":".u.*"}]""", "puppy duckling")]
    [InlineData(""","filter":[{"property":"display","op":"regex","value":"B|Bird"}]""", "bird")]
    [InlineData(
        ""","filter":[{"property":"concept","op":"is-a","value":"young"},{"property":"concept","op":"is-a","value":"dog"}]""",
        "puppy"
    )]
    public void An_include_has_what_it_says(string rest, string members)
    {
        var definitions = TestDefinitions.With(
            (
                "one",
                $$"""
                "compose":{"include":[{"system":"{{A}}"{{rest}}}] }
                """
            )
        );
        var terminology = new LocalTerminology(definitions);
        var set = TestDefinitions.Url("one");

        foreach (var code in "animal dog puppy bird young duckling unicorn DOG".Split(' '))
        {
            var expected = members.Split(' ').Contains(code) ? Membership.Member : Membership.NotMember;
            terminology.Check(set, A, code).Should().Be(expected, code);
            terminology.Check(set, null, code).Should().Be(expected, code);
            terminology.Check(set, "", code).Should().Be(Membership.NotMember, code);
            terminology.Check(set, TestDefinitions.Colours, code).Should().Be(Membership.NotMember, code);
        }

        terminology
            .Some(set, 100)
            .Should()
            .BeEquivalentTo(members.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(code => (A, code)));
    }

    [Theory]
    // Exclusion, several includes, sets in sets, expansions
    [InlineData("less", A, "dog", "Member")]
    [InlineData("less", A, "puppy", "NotMember")]
    [InlineData("less", null, "puppy", "NotMember")]
    [InlineData("both", A, "dog", "Member")]
    [InlineData("both", "https://t.example/colours", "red", "Member")]
    [InlineData("both", "https://t.example/colours", "bird", "NotMember")]
    [InlineData("both", null, "RED", "Member")]
    [InlineData("nested", A, "dog", "Member")]
    [InlineData("nested", A, "puppy", "NotMember")]
    [InlineData("common", A, "dog", "Member")]
    [InlineData("common", A, "bird", "NotMember")]
    [InlineData("common", "https://t.example/colours", "dog", "NotMember")]
    [InlineData("common", null, "dog", "Member")]
    [InlineData("expanded", "https://t.example/z", "inner", "Member")]
    [InlineData("expanded", "https://t.example/z", "group", "NotMember")]
    // What is not known in full
    [InlineData("part", "https://t.example/part", "b", "Member")]
    [InlineData("part", "https://t.example/part", "z", "Unknown")]
    [InlineData("part", A, "z", "NotMember")]
    [InlineData("part-below", "https://t.example/part", "b", "Member")]
    [InlineData("part-below", "https://t.example/part", "z", "Unknown")]
    [InlineData("part-not", "https://t.example/part", "a", "Unknown")]
    [InlineData("example", "https://t.example/example", "a", "Member")]
    [InlineData("example", "https://t.example/example", "z", "Unknown")]
    [InlineData("absent", "https://t.example/absent", "z", "Unknown")]
    [InlineData("supplement", "https://t.example/more", "dog", "Unknown")]
    [InlineData("snomed", Sct, "1", "Member")]
    [InlineData("snomed", Sct, "2", "Unknown")]
    [InlineData("snomed", A, "dog", "Member")]
    [InlineData("snomed", A, "bird", "NotMember")]
    [InlineData("snomed", null, "dog", "Member")]
    [InlineData("snomed", null, "bird", "Unknown")]
    [InlineData("snomed-common", Sct, "1", "Unknown")]
    [InlineData("snomed-common", Sct, "3", "NotMember")]
    [InlineData("snomed-less", Sct, "1", "NotMember")]
    [InlineData("snomed-less", Sct, "2", "Unknown")]
    [InlineData("version", A, "dog", "Unknown")]
    [InlineData("version-1", A, "dog", "Member")]
    [InlineData("odd-filter", A, "dog", "Unknown")]
    [InlineData("bad-regex", A, "dog", "Unknown")]
    [InlineData("hole", A, "dog", "Unknown")]
    [InlineData("hole", A, "puppy", "Member")]
    [InlineData("self", A, "dog", "Member")]
    [InlineData("self", A, "bird", "Unknown")]
    [InlineData("round", A, "dog", "Member")]
    [InlineData("round", A, "bird", "Unknown")]
    [InlineData("empty", A, "dog", "Unknown")]
    [InlineData("nowhere", A, "dog", "Unknown")]
    // Grammars
    [InlineData("languages", "urn:ietf:bcp:47", "en-GB", "Member")]
    [InlineData("languages", null, "cy", "Member")]
    [InlineData("languages", null, "e", "NotMember")]
    [InlineData("languages", null, "en_GB", "NotMember")]
    [InlineData("languages", null, "zh-cmn-Hans-CN", "Member")]
    [InlineData("languages", null, "sl-rozaj-biske-1994", "Member")]
    [InlineData("languages", null, "de-CH-x-phonebk", "Member")]
    [InlineData("languages", null, "en-", "NotMember")]
    public void A_code_is_in_or_out_or_cannot_be_told(string set, string? system, string code, string verdict) =>
        new LocalTerminology(Sets())
            .Check(TestDefinitions.Url(set), system, code)
            .Verdict.ToString()
            .Should()
            .Be(verdict);

    [Theory]
    [InlineData("snomed", Sct, "2", "SNOMED CT is not available")]
    [InlineData(
        "part",
        "https://t.example/part",
        "z",
        "only a fragment of CodeSystem https://t.example/part is available"
    )]
    [InlineData("hole", A, "dog", "ValueSet https://t.example/vs/none is not available")]
    [InlineData("self", A, "bird", "ValueSet https://t.example/vs/self includes itself")]
    [InlineData("version", A, "dog", "CodeSystem https://t.example/animals is not available in version 7")]
    [InlineData("nowhere", A, "dog", "ValueSet https://t.example/vs/nowhere is not available")]
    public void What_cannot_be_told_has_its_reason(string set, string system, string code, string reason) =>
        new LocalTerminology(Sets()).Check(TestDefinitions.Url(set), system, code).Reason.Should().Be(reason);

    [Theory]
    [InlineData(Core + "flag-status|4.0.1", null, "active", "Member")]
    [InlineData(Core + "flag-status|4.0.1", null, "Active", "NotMember")]
    [InlineData(Core + "flag-status|4.0.1", "http://hl7.org/fhir/flag-status", "inactive", "Member")]
    [InlineData(Core + "flag-status|4.0.1", "http://snomed.info/sct", "inactive", "NotMember")]
    [InlineData(Core + "administrative-gender", null, "female", "Member")]
    [InlineData(Core + "mimetypes|4.0.1", null, "application/fhir+json; charset=utf-8", "Member")]
    [InlineData(Core + "mimetypes|4.0.1", null, "text", "NotMember")]
    [InlineData(Core + "all-languages", null, "en", "Member")]
    [InlineData(Core + "languages", null, "en-GB", "Member")]
    [InlineData(Core + "languages", null, "cy", "NotMember")]
    [InlineData(Core + "currencies", null, "GBP", "Unknown")]
    [InlineData(Core + "flag-status|5.0.0", null, "active", "Unknown")]
    [InlineData(Own + "plan-type", Sct, "342191000000101", "Member")]
    [InlineData(Own + "plan-type", Sct, "342191000000102", "NotMember")]
    public void Core_and_own_value_sets_answer(string set, string? system, string code, string verdict) =>
        new LocalTerminology(DefinitionSet.CoreAndOurs())
            .Check(set, system, code)
            .Verdict.ToString()
            .Should()
            .Be(verdict);

    [Theory]
    [InlineData(A, "dog", "Member")]
    [InlineData(A, "Dog", "NotMember")]
    [InlineData("https://t.example/colours", "rEd", "Member")]
    [InlineData("https://t.example/part", "z", "Unknown")]
    [InlineData("https://t.example/absent", "z", "Unknown")]
    [InlineData("https://t.example/more", "dog", "Unknown")]
    [InlineData(Sct, "1", "Unknown")]
    [InlineData("http://unitsofmeasure.org", "mg", "Unknown")]
    [InlineData("urn:ietf:bcp:13", "text/plain", "Member")]
    [InlineData("urn:ietf:bcp:47", "english!", "NotMember")]
    public void A_code_is_looked_up_in_its_system(string system, string code, string verdict) =>
        new LocalTerminology(Sets()).CheckSystem(system, code).Verdict.ToString().Should().Be(verdict);

    [Theory]
    [InlineData(A, "animal", "puppy", true)]
    [InlineData(A, "dog", "dog", true)]
    [InlineData(A, "young", "puppy", true)]
    [InlineData(A, "bird", "duckling", true)]
    [InlineData(A, "puppy", "dog", false)]
    [InlineData(A, "none", "dog", false)]
    [InlineData("https://t.example/part", "a", "b", true)]
    [InlineData("https://t.example/part", "b", "a", null)]
    [InlineData(Sct, "1", "1", null)]
    public void One_code_stands_above_another_or_not(string system, string above, string below, bool? expected) =>
        new LocalTerminology(Sets()).Subsumes(system, above, below).Should().Be(expected);

    [Fact]
    public void Displays_are_those_of_the_system()
    {
        var terminology = new LocalTerminology(Sets());

        terminology.Displays(A, "dog").Should().Equal("Dog");
        terminology.Displays(A, "none").Should().BeEmpty();
        terminology.Displays(Sct, "1").Should().BeEmpty();
        terminology.Displays("http://hl7.org/fhir/flag-status", "active").Should().Equal("Active");
    }

    [Fact]
    public void Value_sets_that_name_each_other_crosswise_or_in_a_long_chain_end_in_doubt_and_soon()
    {
        const int count = 200;
        (string, string)[] sets =
        [
            .. Enumerable
                .Range(0, count)
                .Select(at =>
                    (
                        "x" + at,
                        $$"""
                        "compose":{"include":[{"valueSet":["https://t.example/vs/x{{at + 1}}"]},
                        {"system":"{{Sct}}","valueSet":["https://t.example/vs/x{{at + 1}}"]}] }
                        """
                    )
                ),
            ("x" + count, $$""" "compose":{"include":[{"system":"{{Sct}}"}] } """),
        ];
        var terminology = new LocalTerminology(TestDefinitions.With(sets));

        for (var at = 0; at <= count; at++)
            terminology.Check(TestDefinitions.Url("x" + at), Sct, "1").Verdict.Should().Be(MembershipVerdict.Unknown);
    }

    [Fact]
    public void Many_threads_get_the_same_answers()
    {
        var terminology = new LocalTerminology(DefinitionSet.CoreAndOurs());

        Parallel.For(
            0,
            2_000,
            at =>
            {
                var code = at % 2 == 0 ? "active" : "passive";
                terminology
                    .Check(Core + "flag-status|4.0.1", null, code)
                    .Verdict.Should()
                    .Be(at % 2 == 0 ? MembershipVerdict.Member : MembershipVerdict.NotMember);
                terminology.Subsumes("http://hl7.org/fhir/flag-status", code, code).Should().Be(at % 2 == 0);
            }
        );
    }

    [Fact]
    public void A_check_of_a_list_allocates_nothing()
    {
        var terminology = new LocalTerminology(DefinitionSet.CoreAndOurs());
        Check();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var at = 0; at < 1_000; at++)
            Check();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Check()
        {
            terminology.Check(Core + "flag-status|4.0.1", null, "active");
            terminology.Check(Own + "plan-type", Sct, "342191000000101");
            terminology.Check(Own + "plan-type", Sct, "1");
        }
    }

    private static DefinitionSet Sets() =>
        TestDefinitions.With(
            Set("less", """{"system":"A"}""", """{"system":"A","concept":[{"code":"puppy"}]}"""),
            Set("both", """{"system":"A"},{"system":"https://t.example/colours"}"""),
            Set("nested", """{"valueSet":["https://t.example/vs/less"]}"""),
            Set(
                "common",
                """{"system":"A","concept":[{"code":"dog"},{"code":"puppy"}],"valueSet":["https://t.example/vs/less","https://t.example/vs/both"]}"""
            ),
            (
                "expanded",
                """ "expansion":{"contains":[{"abstract":true,"display":"group","contains":[{"system":"https://t.example/z","code":"inner"}]}]} """
            ),
            Set("part", """{"system":"https://t.example/part"}"""),
            Set(
                "part-below",
                """{"system":"https://t.example/part","filter":[{"property":"concept","op":"is-a","value":"a"}]}"""
            ),
            Set(
                "part-not",
                """{"system":"https://t.example/part","filter":[{"property":"concept","op":"is-not-a","value":"z"}]}"""
            ),
            Set("example", """{"system":"https://t.example/example"}"""),
            Set("absent", """{"system":"https://t.example/absent"}"""),
            Set("supplement", """{"system":"https://t.example/more"}"""),
            Set(
                "snomed",
                """{"system":"http://snomed.info/sct","filter":[{"property":"concept","op":"is-a","value":"0"}]},{"system":"http://snomed.info/sct","concept":[{"code":"1"}]},{"system":"A","concept":[{"code":"dog"}]}"""
            ),
            Set("one-two", """{"system":"http://snomed.info/sct","concept":[{"code":"1"},{"code":"2"}]}"""),
            Set("snomed-common", """{"system":"http://snomed.info/sct","valueSet":["https://t.example/vs/one-two"]}"""),
            Set(
                "snomed-less",
                """{"system":"http://snomed.info/sct"}""",
                """{"system":"http://snomed.info/sct","concept":[{"code":"1"}]}"""
            ),
            Set("version", """{"system":"A","version":"7"}"""),
            Set("version-1", """{"system":"A","version":"1"}"""),
            Set("odd-filter", """{"system":"A","filter":[{"property":"x","op":"near","value":"y"}]}"""),
            Set("bad-regex", """{"system":"A","filter":[{"property":"code","op":"regex","value":"(a)\\1("}]}"""),
            Set("hole", """{"system":"A","concept":[{"code":"puppy"}]},{"valueSet":["https://t.example/vs/none"]}"""),
            Set("self", """{"system":"A","concept":[{"code":"dog"}]},{"valueSet":["https://t.example/vs/self"]}"""),
            Set("round", """{"valueSet":["https://t.example/vs/round-2"]}"""),
            Set("round-2", """{"system":"A","concept":[{"code":"dog"}]},{"valueSet":["https://t.example/vs/round"]}"""),
            ("empty", """ "name":"empty" """),
            Set("languages", """{"system":"urn:ietf:bcp:47"}""")
        );

    private static (string, string) Set(string name, string include, string? exclude = null) =>
        (
            name,
            $$"""
            "compose":{"include":[{{include.Replace("\"A\"", $"\"{A}\"", StringComparison.Ordinal)}}]{{(
                exclude is null ? "" : $",\"exclude\":[{exclude.Replace("\"A\"", $"\"{A}\"", StringComparison.Ordinal)}]"
            )}} }
            """
        );
}
