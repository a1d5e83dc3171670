using System.Xml.Linq;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Tests.Notifications;

/// <summary>The national notice, element by element and in the order of the national schema (REPC_MT000004GB01).</summary>
public sealed class AccessNotificationXmlTests
{
    private const string Id = "0c3f5d1e-7b10-8a53-9a52-f3a1c9d26f0b";
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-29T18:50:00+01:00");
    private static readonly XNamespace V3 = "urn:hl7-org:v3";
    private static readonly XNamespace Local = "NPFIT:HL7:Localisation";

    [Fact]
    public void It_has_the_structure_of_the_national_notice()
    {
        var root = Write([Access("019abcde-0000-7000-8000-000000000001")], "LOCAL-7");
        var told = string.Join('\n', Lines(root, ""));
        told.Should()
            .Be(
                """
                CP-ISAccessToServiceNotification
                 effectiveTime value=20261129175000+0000
                 id root=0C3F5D1E-7B10-8A53-9A52-F3A1C9D26F0B
                 pertinentInformation
                  pertinentTotalReturnedRecords
                   value value=1
                 pertinentInformation1
                  pertinentCP-ISRecordAccess
                   pertinentInformation2
                    pertinentCP-ISNHSQuery
                     effectiveTime value=20261129173000+0000
                     id root=019ABCDE-0000-7000-8000-000000000001
                     author
                      npfitlc:contentId root=2.16.840.1.113883.2.1.3.2.4.18.16 extension=COCT_TP145102GB01#AssignedAuthor
                      COCT_TP145102GB01.AssignedAuthor
                       code code=R8000 codeSystem=2.16.840.1.113883.2.1.3.2.4.17.196 displayName=Clinician
                       id root=1.2.826.0.1285.0.2.0.65 extension=555000000001
                       id root=1.2.826.0.1285.0.2.0.67 extension=555000000099
                       assignedAuthorPerson
                        name Dr Ann Example
                       representedOrganization
                        id root=2.16.840.1.113883.2.1.3.2.4.19.1 extension=XED01
                        name An emergency department
                     queryByParameter
                      person.id
                       value root=2.16.840.1.113883.2.1.4.1 extension=9990000018
                       value root=2.16.840.1.113883.2.1.3.2.4.18.24 extension=LOCAL-7
                   reference
                    referredToLAUploadFile
                     value extension=-1
                 primaryInformationRecipient
                  npfitlc:contentId root=2.16.840.1.113883.2.1.3.2.4.18.16 extension=COCT_TP145103GB01#IntendedRecipient
                  COCT_TP145103GB01.IntendedRecipient
                   representedSourceOrganization
                    id root=2.16.840.1.113883.2.1.3.2.4.19.1 extension=XHF01
                    name A county council
                """.ReplaceLineEndings("\n")
            );
    }

    [Fact]
    public void Accesses_that_are_told_together_are_queries_of_one_record()
    {
        var root = Write([Access("a"), Access("b") with { Person = Person() with { RoleProfileId = null } }], null);
        root.Descendants(V3 + "pertinentCP-ISRecordAccess").Should().ContainSingle();
        var queries = root.Descendants(V3 + "pertinentCP-ISNHSQuery").ToList();
        queries.Select(query => query.Element(V3 + "id")!.Attribute("root")!.Value).Should().Equal("A", "B");
        queries[1].Descendants(V3 + "COCT_TP145102GB01.AssignedAuthor").Elements(V3 + "id").Should().ContainSingle();
        root.Descendants(V3 + "person.id")
            .Should()
            .OnlyContain(person => person.Elements(V3 + "value").Count() == 1, "no local id is known");
    }

    [Fact]
    public void What_a_name_holds_is_text_and_never_markup()
    {
        var hostile = "</name><id root=\"x\"/>&amp; ]]> \"O'Neil\" \u0001\ud800 𝓐";
        var access = Access("a") with
        {
            OrganisationName = hostile,
            Person = Person() with { Name = hostile, RoleName = hostile },
        };
        var root = Write([access], "\"><x/>", hostile);
        var clean = "</name><id root=\"x\"/>&amp; ]]> \"O'Neil\" \ufffd\ufffd 𝓐";
        root.Descendants(V3 + "name").Select(name => name.Value).Should().Equal(clean, clean, clean);
        root.Descendants(V3 + "code").Single().Attribute("displayName")!.Value.Should().Be(clean);
        root.Descendants(V3 + "value").Should().Contain(value => (string?)value.Attribute("extension") == "\"><x/>");
        root.Descendants(V3 + "id").Should().HaveCount(6);
    }

    [Fact]
    public void Without_a_person_the_organisation_alone_is_told()
    {
        var author = Write([Access("a") with { Person = null }], null)
            .Descendants(V3 + "COCT_TP145102GB01.AssignedAuthor")
            .Single();
        author.Elements().Select(element => element.Name.LocalName).Should().Equal("representedOrganization");
    }

    private static XElement Write(Occurrence[] accesses, string? localId, string recipient = "A county council")
    {
        var bytes = AccessNotificationXml.Write(Id, Now, OdsCode.Parse("XHF01"), recipient, accesses, localId);
        bytes[0].Should().Be((byte)'<', "there is no byte order mark");
        return XDocument.Load(new MemoryStream(bytes)).Root!;
    }

    private static IEnumerable<string> Lines(XElement element, string indent)
    {
        var name = (element.Name.Namespace == Local ? "npfitlc:" : "") + element.Name.LocalName;
        var attributes = element
            .Attributes()
            .Where(attribute => !attribute.IsNamespaceDeclaration)
            .Select(attribute => $" {attribute.Name.LocalName}={attribute.Value}");
        var text = element.HasElements || element.Value.Length == 0 ? "" : $" {element.Value}";
        return element
            .Elements()
            .SelectMany(child => Lines(child, indent + " "))
            .Prepend(indent + name + string.Concat(attributes) + text);
    }

    private static Occurrence Access(string id) =>
        new()
        {
            Id = id,
            Kind = OccurrenceKind.Access,
            Time = DateTimeOffset.Parse("2026-11-29T17:30:00Z"),
            ClientId = "ed",
            Organisation = OdsCode.Parse("XED01"),
            OrganisationName = "An emergency department",
            CallerKind = CallerKind.Setting,
            Person = Person(),
            Interaction = "Flag",
            Child = NhsNumber.Parse("9990000018"),
            Mode = LookUpMode.Unscheduled,
            Outcome = AccessOutcome.Shown,
            RequestId = "r",
        };

    private static Person Person() => new("555000000001", "555000000099", "R8000", "Clinician", "Dr Ann Example");
}
