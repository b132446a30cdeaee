using SipAlg.Signaling.Tls;
using SipAlg.Testing.Tls;

namespace SipAlg.Signaling.Tests.Tls;

/// <summary>Whom a certificate names (RFC 5922 §7).</summary>
public sealed class CertificateNamesTests
{
    [Theory]
    [InlineData("sip:example.com", "example.com")]
    [InlineData("sip:Example.COM", "example.com")]
    [InlineData("example.com", "example.com")]
    [InlineData("sip:a.example,b.example", "a.example")]
    [InlineData("a.example,b.example", "a.example,b.example")]
    [InlineData("sip:alice@example.com,other.example", "other.example")]
    [InlineData("sips:example.com", "")]
    [InlineData("https://example.com", "")]
    [InlineData("*.example.com", "")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    public void Alternative_names_count_and_uris_before_all_others(string alternatives, string expected)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("cn.example", alternatives.Split(','));

        Assert.Equal(expected, string.Join(',', CertificateNames.Of(certificate)));
    }

    [Theory]
    [InlineData("cn.example", "cn.example")]
    [InlineData("Jane Doe", "")]
    [InlineData("*.example", "")]
    public void The_common_name_counts_only_without_alternative_names(string subject, string expected)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(subject);

        Assert.Equal(expected, string.Join(',', CertificateNames.Of(certificate)));
    }

    [Theory]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com.", "example.com", true)]
    [InlineData("sub.example.com", "example.com", false)]
    [InlineData("example.com", "sub.example.com", false)]
    public void A_name_matches_as_a_whole(string expected, string named, bool matches) => Assert.Equal(matches, CertificateNames.Match([expected], [named]));
}
