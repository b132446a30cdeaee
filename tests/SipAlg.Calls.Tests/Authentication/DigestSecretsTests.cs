using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Tests.Authentication;

/// <summary>What is kept of a password (RFC 7616 §3.4.2).</summary>
public sealed class DigestSecretsTests
{
    [Theory]
    [InlineData("alice", "example.com", "s3cr3t")]
    [InlineData("Jäsøn Doe", "bücher.example", "パスワード")]
    [InlineData("a", "b", "")]
    public void A_password_is_hashed_for_the_name_and_for_the_name_at_its_domain(string user, string domain, string password)
    {
        var secrets = DigestSecrets.OfPassword(user, domain, password, new ThreadHasher(), DigestAlgorithm.Md5, DigestAlgorithm.Sha256);
        foreach (var algorithm in (DigestAlgorithm[])[DigestAlgorithm.Md5, DigestAlgorithm.Sha256])
        {
            Assert.Equal(Hash(algorithm, user, domain, password), secrets.For(algorithm, hasDomain: false).ToArray());
            Assert.Equal(Hash(algorithm, $"{user}@{domain}", domain, password), secrets.For(algorithm, hasDomain: true).ToArray());
            Assert.Equal(Hash(algorithm, user, domain, password), DigestSecrets.Hash(algorithm, user, domain, password));
        }
    }

    [Theory]
    [InlineData(4100, 1, 1)]
    [InlineData(4095, 1, 1)]
    [InlineData(1, 4100, 1)]
    [InlineData(1, 1, 4100)]
    [InlineData(2000, 2000, 200)]
    public void What_is_too_long_is_refused(int user, int domain, int password) =>
        Assert.Throws<ArgumentException>(() => DigestSecrets.OfPassword(new string('u', user), new string('d', domain), new string('p', password), DigestAlgorithm.Md5));

    private static byte[] Hash(DigestAlgorithm algorithm, string user, string domain, string password)
    {
        var hash = new byte[DigestAlgorithms.TextLength(algorithm)];
        Assert.True(DigestHash.TrySecret(algorithm, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(domain), Encoding.UTF8.GetBytes(password), hash));
        return hash;
    }
}
