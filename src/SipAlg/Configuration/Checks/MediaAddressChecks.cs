using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Checks;

/// <summary>Which address of a realm's media is shown for which that is bound, family by family.</summary>
internal static class MediaAddressChecks
{
    public static void Run(RealmOptions realm, ProblemList problems)
    {
        if (realm.Media is not { } media)
        {
            return;
        }

        Twice(media.Bind, "bind", problems);
        Twice(media.Advertise, "advertise", problems);
        foreach (var isV4 in new[] { true, false })
        {
            Located<IpAddress>[] bound = [.. media.Bind.Where(address => address.Value.IsV4 == isV4)];
            Located<IpAddress>[] shown = [.. media.Advertise.Where(address => address.Value.IsV4 == isV4)];
            if (bound.Length <= 1)
            {
                RealmChecks.OneOfEachFamily(shown, "advertise", problems);
            }
            else if (shown.Length > 0 && shown.Length != bound.Length)
            {
                problems.Error(shown[^1].At, $"'advertise' has {shown.Length} {Family(isV4)} addresses for {bound.Length} that are bound",
                    "write one for each address of 'bind', in the same order: the ports of two would not be told apart behind one");
            }
            else if (shown.Length == 0 && Advertises(realm, isV4))
            {
                problems.Error(bound[1].At, $"the realm advertises one address, and 'bind' has {bound.Length} {Family(isV4)} addresses",
                    "write 'advertise' in 'media', one for each address of 'bind' in the same order");
            }
        }
    }

    private static string Family(bool isV4) => isV4 ? "IPv4" : "IPv6";

    /// <summary>A host name may have an address of either family.</summary>
    private static bool Advertises(RealmOptions realm, bool isV4) =>
        realm.Advertise?.Address.Any(text => !IpAddress.TryParse(text.Value, out var address) || address.IsV4 == isV4) == true;

    private static void Twice(IReadOnlyList<Located<IpAddress>> addresses, string key, ProblemList problems)
    {
        foreach (var again in addresses.GroupBy(address => address.Value).SelectMany(same => same.Skip(1)))
        {
            problems.Error(again.At, $"'{key}' has {again.Value} twice", "leave one out");
        }
    }
}
