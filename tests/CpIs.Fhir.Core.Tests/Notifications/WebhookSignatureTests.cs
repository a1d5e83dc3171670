using System.Text;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Tests.Notifications;

public sealed class WebhookSignatureTests
{
    private const string Id = "0b8f6c1e-6c53-8d6f-9d0a-3f0f3a9f1b11";
    private const string Timestamp = "1767225600";

    // RFC 8032, section 7.1, test 1.
    private static readonly byte[] Seed = Convert.FromHexString(
        "9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60"
    );
    private static readonly byte[] PublicKey = Convert.FromHexString(
        "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"
    );
    private static readonly byte[] Body = "{\"resourceType\":\"Bundle\"}"u8.ToArray();
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    [Fact]
    public void The_public_key_is_that_of_RFC_8032() => WebhookSignature.PublicKeyOf(Seed).Should().Equal(PublicKey);

    [Fact]
    public void The_signature_is_the_one_that_OpenSSL_makes() =>
        WebhookSignature
            .Sign(Id, Timestamp, Body, [Seed])
            .Should()
            .Be("v1a,SoQOlM5nTjYMcLdxM+baacONbsRnMEC41GeGXCZVqbIW3IL1GCBPZ1wOamUag3/ufmQo0o0niLbtZaycNeIUAQ==");

    [Fact]
    public void A_signature_verifies_to_the_letter_only()
    {
        var signature = WebhookSignature.Sign(Id, Timestamp, Body, [Seed]);
        bool Verify(string? id, string? at, string? by, byte[] body) =>
            WebhookSignature.Verify(id, at, by, body, [PublicKey], Now);

        Verify(Id, Timestamp, signature, Body).Should().BeTrue();
        Verify(Id + "x", Timestamp, signature, Body).Should().BeFalse();
        Verify(Id, "1767225601", signature, Body).Should().BeFalse();
        Verify(Id, Timestamp, signature, [.. Body, 32]).Should().BeFalse();
        Verify(Id, Timestamp, signature.Replace("v1a,", "v1,"), Body).Should().BeFalse();
        Verify(Id, Timestamp, "v1a,not base64", Body).Should().BeFalse();
        Verify(Id, Timestamp, "v1a,", Body).Should().BeFalse();
        Verify(null, Timestamp, signature, Body).Should().BeFalse();
        Verify(Id, null, signature, Body).Should().BeFalse();
        Verify(Id, Timestamp, null, Body).Should().BeFalse();
        Verify(Id, "99999999999999999999", signature, Body).Should().BeFalse();
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void An_old_signature_cannot_be_replayed(int seconds, bool valid) =>
        WebhookSignature
            .Verify(
                Id,
                Timestamp,
                WebhookSignature.Sign(Id, Timestamp, Body, [Seed]),
                Body,
                [PublicKey],
                Now.AddSeconds(seconds)
            )
            .Should()
            .Be(valid);

    [Fact]
    public void During_a_rotation_either_key_satisfies_the_receiver()
    {
        var successor = WebhookSignature.NewSeed();
        var signature = WebhookSignature.Sign(Id, Timestamp, Body, [successor, Seed]);

        signature.Split(' ').Should().HaveCount(2);
        foreach (var known in new[] { PublicKey, WebhookSignature.PublicKeyOf(successor) })
            WebhookSignature.Verify(Id, Timestamp, signature, Body, [known], Now).Should().BeTrue();
        var stranger = WebhookSignature.PublicKeyOf(WebhookSignature.NewSeed());
        WebhookSignature.Verify(Id, Timestamp, signature, Body, [stranger], Now).Should().BeFalse();
    }

    [Fact]
    public void The_key_set_is_a_JWK_Set_that_receivers_can_read()
    {
        var set = WebhookKeySet.Write([("key-1", PublicKey)]);

        Encoding
            .UTF8.GetString(set)
            .Should()
            .Be(
                """{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"key-1","use":"sig","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"""
            );
        WebhookKeySet.Read(set).Single().ToArray().Should().Equal(PublicKey);
    }
}
