using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Authentication;

/// <summary>What is wrong with credentials that answer a challenge and cannot be checked, in words for the operator.</summary>
internal static class UnusableCredentials
{
    /// <summary>Octets of a name, as far as it is shown.</summary>
    private const int MostShown = 64;

    /// <param name="credentials">As far as they could be read.</param>
    /// <param name="isWhole">Nothing is missing in them.</param>
    /// <param name="domain">Whose challenge they answer.</param>
    /// <returns>The rest of a sentence that begins with "they".</returns>
    public static string Fault(in DigestCredentials credentials, bool isWhole, AuthenticationDomain domain)
    {
        if (!credentials.Realm.IsEmpty && !credentials.Realm.SequenceEqual(domain.Realm))
        {
            return $"are for the realm '{Encoding.UTF8.GetString(credentials.Realm[..Math.Min(credentials.Realm.Length, MostShown)])}', not for '{domain.Name}'";
        }

        if (!isWhole)
        {
            return "lack something, or have it twice or unfit (RFC 7616 §3.4)";
        }

        return domain.Algorithms.Contains(credentials.Algorithm)
            ? $"are not made with qop=auth, which {Name(credentials.Algorithm)} demands here"
            : $"are made by {Name(credentials.Algorithm)}, and what was offered is {string.Join(", ", domain.Algorithms.Select(Name))}";
    }

    private static string Name(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Unknown ? "an algorithm that is unknown here" : Encoding.ASCII.GetString(DigestAlgorithms.Name(algorithm));
}
