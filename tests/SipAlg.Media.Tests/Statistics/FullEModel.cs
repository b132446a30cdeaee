using static System.Math;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>
/// The E-model as ITU-T G.107 §7 has it, formula by formula, with the default values of its table 3 and without loss or codec: what
/// the gateway's short form is held against. Delay is the same on all paths (T = Ta = Tr/2).
/// </summary>
internal static class FullEModel
{
    private const double Slr = 8, Rlr = 2, Stmr = 15, Dr = 3, Ds = 3, Telr = 65, Wepl = 110, Qdu = 1, Nc = -70, Nfor = -64, Ps = 35, Pr = 35;
    private const double Olr = Slr + Rlr, Lstr = Stmr + Dr;

    /// <summary>(7-4) to (7-7): circuit noise, rooms of both sides, and the floor.</summary>
    private static double No
    {
        get
        {
            var nos = Ps - Slr - Ds - 100 + (0.004 * Pow(Ps - Olr - Ds - 14, 2));
            var pre = Pr + (10 * Log10(1 + Pow(10, (10 - Lstr) / 10)));
            var nor = Rlr - 121 + pre + (0.008 * Pow(pre - 35, 2));
            return 10 * Log10(Ten(Nc) + Ten(nos) + Ten(nor) + Ten(Nfor + Rlr));
        }
    }

    private static double Ro => 15 - (1.5 * (Slr + No));

    /// <param name="milliseconds">From mouth to ear.</param>
    public static double R(double milliseconds) => Ro - Is(milliseconds) - Id(milliseconds);

    /// <summary>(7-8) to (7-17): loudness, sidetone, quantizing.</summary>
    private static double Is(double t)
    {
        var xolr = Olr + (0.2 * (64 + No - Rlr));
        var iolr = 20 * (Pow(1 + Pow(xolr / 8, 8), 1 / 8.0) - (xolr / 8));
        var stmro = -10 * Log10(Ten(-Stmr) + (Exp(-t / 4) * Ten(-Telr)));
        var ist = (12 * Pow(1 + Pow((stmro - 13) / 6, 8), 1 / 8.0)) - (28 * Pow(1 + Pow((stmro + 1) / 19.4, 35), 1 / 35.0))
            - (13 * Pow(1 + Pow((stmro - 3) / 33, 13), 1 / 13.0)) + 29;
        var q = 37 - (15 * Log10(Qdu));
        var g = 1.07 + (0.258 * q) + (0.0602 * q * q);
        var iq = 15 * Log10(1 + Pow(10, ((Ro - 100) / 15) + (46 / 8.4) - (g / 9)) + Pow(10, (46 / 30.0) - (g / 40)));
        return iolr + ist + iq;
    }

    /// <summary>(7-18) to (7-28): echo to the talker, echo to the listener, and delay alone.</summary>
    private static double Id(double t)
    {
        var roe = -1.5 * (No - Rlr);
        var terv = Telr - (40 * Log10((1 + (t / 10)) / (1 + (t / 150)))) + (6 * Exp(-0.3 * t * t));
        var re = 80 + (2.5 * (terv - 14));
        var idte = (((roe - re) / 2) + Sqrt((Pow(roe - re, 2) / 4) + 100) - 1) * (1 - Exp(-t));
        var rle = 10.5 * (Wepl + 7) * Pow((2 * t) + 1, -0.25);
        var idle = ((Ro - rle) / 2) + Sqrt((Pow(Ro - rle, 2) / 4) + 169);
        var x = t <= 100 ? 0 : Log2(t / 100);
        var idd = t <= 100 ? 0 : 25 * (Pow(1 + Pow(x, 6), 1 / 6.0) - (3 * Pow(1 + Pow(x / 3, 6), 1 / 6.0)) + 2);
        return idte + idle + idd;
    }

    private static double Ten(double decibels) => Pow(10, decibels / 10);
}
