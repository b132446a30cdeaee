using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Authentication;

/// <summary>What is wrong with credentials that answer a challenge and cannot be checked, in words for the operator.</summary>
internal static class UnusableCredentials
{
    /// <summary>Octets of a name, as far as it is shown.</summary>
    private const int MostShown = 64;

    /// <param name="request">Found to be <see cref="AuthenticationOutcome.Unusable"/>.</param>
    /// <param name="domain">Whose challenge it answers.</param>
    /// <returns>The rest of a sentence that begins with "they".</returns>
    public static string Fault(SipMessage request, AuthenticationDomain domain)
    {
        var fault = "";
        for (var index = request.TryFirst(HeaderId.Authorization, out var first) ? first : -1; index >= 0 && fault.Length == 0; index = request.Next(index))
        {
            foreach (var scheme in new AuthSchemes(request[request.Fields[index].Value]))
            {
                fault = DigestCredentials.IsDigest(scheme.Scheme) ? Fault(scheme.Parameters, domain) : fault;
            }
        }

        return fault;
    }

    private static string Fault(ReadOnlySpan<byte> parameters, AuthenticationDomain domain)
    {
        var isWhole = DigestCredentials.TryParse(parameters, out var credentials);
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
