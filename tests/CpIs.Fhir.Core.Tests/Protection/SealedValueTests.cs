using System.Text;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Core.Tests.Protection;

/// <summary>A sealed value opens where it was put, whole, with its key; and nowhere else.</summary>
public sealed class SealedValueTests : IDisposable
{
    private const string Place = "occurrence/1";
    private static readonly NhsNumber Child = NhsNumber.Parse("9990000018");
    private static readonly NhsNumber Other = NhsNumber.Parse("9990000026");
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("""{"n":"9990000018","family":"Fernwood"}""");

    private readonly SealedRecords _sealed = TestKeys.Sealed("2026-11");

    public void Dispose() => _sealed.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_sealed_is_opened_to_the_byte_also_after_a_restart(bool ofChild)
    {
        using var restarted = TestKeys.Sealed("2026-11");
        foreach (var plain in new[] { Plain, [], new byte[100_000] })
        {
            var stored = _sealed.Seal(plain, ofChild ? Child : null, Place);

            _sealed.Open(stored, Place).ToArray().Should().Equal(plain);
            restarted.Open(stored, Place).ToArray().Should().Equal(plain);
        }
    }

    [Fact]
    public void The_same_is_never_sealed_alike_twice()
    {
        var values = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(_sealed.Seal(Plain, Child, Place).Span));

        values.Distinct().Should().HaveCount(100);
    }

    [Fact]
    public void The_values_of_a_child_share_a_data_key_and_no_other_value_has_it()
    {
        var own = new[] { DataKeyOf(Child), DataKeyOf(Child), DataKeyOf(Child) };
        var others = new[] { DataKeyOf(Other), DataKeyOf(null), DataKeyOf(null) };

        own.Distinct().Should().ContainSingle();
        others.Append(own[0]).Should().OnlyHaveUniqueItems("what belongs to no child has a key of its own");
    }

    [Fact]
    public void A_child_whose_key_has_left_the_memory_gets_a_new_one_and_its_old_values_open()
    {
        var first = _sealed.Seal(Plain, Child, Place);
        var key = DataKeyOf(Child);
        foreach (var another in SyntheticNhsNumbers.From(500_000).Take(20_000))
            _sealed.Seal(default, another, Place);

        DataKeyOf(Child).Should().NotBe(key, "the memory is bounded");
        _sealed.Open(first, Place).ToArray().Should().Equal(Plain);
    }

    [Fact]
    public void Values_sealed_at_the_same_time_all_open_though_keys_are_wiped_meanwhile()
    {
        var children = SyntheticNhsNumbers.From(500_000).Take(30_000).ToArray();

        Parallel.For(
            0,
            60_000,
            n =>
            {
                var stored = _sealed.Seal(Plain, children[n % children.Length], Place);
                _sealed.Open(stored, Place).Span.SequenceEqual(Plain).Should().BeTrue();
            }
        );
    }

    [Fact]
    public void A_value_that_was_changed_in_any_bit_of_any_byte_does_not_open()
    {
        var stored = _sealed.Seal(Plain, Child, Place).ToArray();
        for (var at = 0; at < stored.Length; at++)
        for (var bit = 1; bit < 256; bit <<= 1)
        {
            var changed = stored.ToArray();
            changed[at] ^= (byte)bit;
            Opening(changed, Place);
        }
    }

    [Fact]
    public void A_value_that_was_cut_off_or_prolonged_does_not_open()
    {
        var stored = _sealed.Seal(Plain, Child, Place);
        for (var length = 0; length < stored.Length; length++)
            Opening(stored[..length], Place);
        Opening((byte[])[.. stored.Span, 0], Place);
    }

    [Fact]
    public void A_value_that_was_moved_or_swapped_with_another_does_not_open()
    {
        var (one, two) = (_sealed.Seal(Plain, Child, "occurrence/1"), _sealed.Seal(Plain, Child, "occurrence/2"));

        Opening(one, "occurrence/2");
        Opening(two, "occurrence/1");
        Opening(one, "");
    }

    [Fact]
    public void The_key_of_one_value_does_not_open_another()
    {
        var (one, two) = (_sealed.Seal(Plain, Child, Place).ToArray(), _sealed.Seal(Plain, Other, Place).ToArray());
        var header = one.Length - 28 - Plain.Length;

        Opening((byte[])[.. two[..header], .. one[header..]], Place);
    }

    [Fact]
    public void An_unknown_key_is_told_by_its_id()
    {
        var stored = _sealed.Seal(Plain, Child, Place);
        using var without = TestKeys.Sealed("2027-01");

        var open = () => without.Open(stored, Place);

        open.Should().Throw<StoreUnavailableException>().WithMessage("*'2026-11'*key file*");
    }

    [Fact]
    public void Another_key_of_the_same_id_does_not_open()
    {
        var stored = _sealed.Seal(Plain, Child, Place);
        using var other = new SealedRecords(
            new ProtectionKeys(TestKeys.Bytes(0), [new KeyEncryptionKey("2026-11", TestKeys.Bytes(99))])
        );

        var open = () => other.Open(stored, Place);

        open.Should().Throw<StoreUnavailableException>();
    }

    [Fact]
    public void After_a_new_key_old_values_open_and_new_ones_need_it()
    {
        var old = _sealed.Seal(Plain, Child, Place);
        using var rotated = TestKeys.Sealed("2027-01", "2026-11");
        var young = rotated.Seal(Plain, Child, Place);

        rotated.Open(old, Place).ToArray().Should().Equal(Plain);
        rotated.Open(young, Place).ToArray().Should().Equal(Plain);
        Opening(young, Place);
        rotated.ChildKey(Child).Should().Be(_sealed.ChildKey(Child), "the store is searched as before");
        rotated.Marker.Should().Be(_sealed.Marker);
    }

    [Fact]
    public void Nothing_of_a_child_or_a_person_stands_in_what_is_stored()
    {
        var person = new Person("555000000001", "555000000099", "R0260", "Nurse", "Ann Example");
        var occurrence = new Occurrence
        {
            Id = "1",
            Kind = OccurrenceKind.Access,
            Time = DateTimeOffset.UnixEpoch,
            ClientId = "c",
            Organisation = OdsCode.Parse("RWH01"),
            OrganisationName = "Hospital",
            CallerKind = CallerKind.Setting,
            Person = person,
            Interaction = "Flag",
            Child = Child,
            RequestId = "r",
            Query = "nhsNumber=9990000018",
        };
        string[] tokens =
        [
            "identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
            "patient:identifier=9990000018",
            "family=Fernwood",
            "birthdate=2019-04-23",
        ];
        var stored = new List<byte[]>
        {
            _sealed.Seal(OccurrenceJson.Write(occurrence), Child, Place).ToArray(),
            _sealed.Seal(Encoding.UTF8.GetBytes(string.Concat(tokens)), Child, Place).ToArray(),
            BitConverter.GetBytes(_sealed.ChildKey(Child)),
            Encoding.UTF8.GetBytes(_sealed.PersonKey(person.SdsUserId)),
            Encoding.UTF8.GetBytes(_sealed.IdentityKey("XHF01|9990000018")),
            Encoding.UTF8.GetBytes(string.Join(' ', _sealed.Tokens(tokens))),
            Encoding.UTF8.GetBytes(_sealed.Marker),
        };

        foreach (var secret in new[] { "9990000018", "Fernwood", "2019-04-23", "555000000001", "Ann Example" })
        foreach (var form in FormsOf(secret))
            stored.Exists(value => value.AsSpan().IndexOf(form) >= 0).Should().BeFalse(secret);
    }

    private static IEnumerable<byte[]> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return bytes;
        yield return Encoding.Unicode.GetBytes(secret);
        yield return Encoding.UTF8.GetBytes(Convert.ToHexString(bytes));
        yield return Encoding.UTF8.GetBytes(Convert.ToHexStringLower(bytes));
        // Inside a longer text base64 begins at one of three places; the characters that share bits with a neighbour fall away.
        for (var at = 0; at < 3; at++)
        {
            var whole = Convert.ToBase64String([.. new byte[at], .. bytes]).TrimEnd('=');
            yield return Encoding.UTF8.GetBytes(whole[(at == 0 ? 0 : at + 1)..^1]);
        }
    }

    /// <summary>The header of a value, which holds its wrapped data key.</summary>
    private string DataKeyOf(NhsNumber? child) => Convert.ToHexString(_sealed.Seal(default, child, Place).Span[..^28]);

    private void Opening(ReadOnlyMemory<byte> stored, string place)
    {
        var open = () => _sealed.Open(stored, place);
        var message = open.Should().Throw<StoreUnavailableException>().Which.ToString();
        message.Should().NotContain("9990000018").And.NotContain("Fernwood").And.NotContain("occurrence/");
    }
}
