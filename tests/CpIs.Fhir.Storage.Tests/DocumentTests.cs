using System.Text;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests;

/// <summary>
/// The documents as they lie in stores, to the letter: what an earlier version wrote must be read for ever. When one of
/// these fails, the form has changed: add a new name, never give an old one another meaning.
/// </summary>
public sealed class DocumentTests
{
    private const string Hit = """
        {"i":"o","k":"Access","t":1780315200000,"c":"hospital-ed","o":"RWH01","on":"Example Hospital","ck":"Setting","p":{"u":"555000000001","rp":"555000000099","rc":"R0260","rn":"Nurse","n":"Ann Example"},"x":"$child-protection","n":"CHILD","m":"Unscheduled","e":"Shown","ri":"6d6f3f7e-0000-4000-8000-000000000001","s":[{"a":"E10000015","t":"LookedAfter","e":"episode-E10000015","ev":3,"f":"flag-E10000015","fv":2}],"a":["E10000015"],"h":true,"b":[{"a":"E10000015","p":[{"a":"E10000015","t":"LookedAfter","e":"episode-E10000015","ev":3,"f":"flag-E10000015","fv":2}]}]}
        """;

    private const string Side = """
        {"s":{"Status":"Active","Activated":true,"Endpoint":"https://receiver.example/hook","Headers":["X-Key: 1"],"Content":"IdOnly","ContentType":"application/fhir\u002Bjson","MaxCount":1,"Timeout":"00:00:09"},"t":["a=1"]}
        """;

    [Fact]
    public void An_occurrence_is_written_in_its_form_and_read_from_it()
    {
        var access = Make.Access("o", authorities: Make.Herts);
        var document = Hit.Replace("CHILD", Make.Child(1).Digits, StringComparison.Ordinal);

        Encoding.UTF8.GetString(OccurrenceJson.Write(access)).Should().Be(document);
        OccurrenceJson
            .Read(Encoding.UTF8.GetBytes(document))
            .Should()
            .BeEquivalentTo(access, o => o.ComparingByMembers<Occurrence>());
    }

    [Fact]
    public void Side_values_are_written_in_their_form_and_read_from_it()
    {
        var resource = Make.Subscription("s") with { Tokens = ["a=1"] };

        Encoding.UTF8.GetString(SideValuesJson.Write(resource)).Should().Be(Side);
        var read = SideValuesJson.AddTo(Make.Resource("s", RecordType.Subscription), Encoding.UTF8.GetBytes(Side));
        read.Subscription.Should().BeEquivalentTo(resource.Subscription);
        read.Tokens.Should().Equal("a=1");
    }
}
