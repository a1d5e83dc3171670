using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>The validator's verdict on the examples: a good one has no error, a bad one exactly the one that it is named after.</summary>
public sealed class ValidatedExamplesTests(ValidatedExamplesTests.OneValidator one)
    : IClassFixture<ValidatedExamplesTests.OneValidator>
{
    public static TheoryData<string> Good => ExamplesTests.Good;

    public static TheoryData<string> Bad => ExamplesTests.Bad;

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_example_is_valid(string file) =>
        Errors(Path.Combine(Checkout.Examples, file)).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_example_has_one_error_and_it_is_the_one_in_its_name(string file)
    {
        var error = Errors(Path.Combine(Checkout.BadExamples, file)).Should().ContainSingle().Which;

        Path.GetFileName(file).Should().StartWith(error.Rule + "-", error.Message);
    }

    private IReadOnlyList<ValidationIssue> Errors(string file) =>
        [
            .. one
                .Validator.Validate(FhirSource.Read(File.ReadAllBytes(file)))
                .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error),
        ];

    /// <summary>Schemas are compiled once.</summary>
    public sealed class OneValidator
    {
        public OneValidator()
        {
            var definitions = DefinitionSet.CoreAndOurs();
            Validator = new Validator(definitions, new LocalTerminology(definitions));
        }

        public Validator Validator { get; }
    }
}
